"""The people who sign in."""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower

from recommendations.models import Level, Place


class UserManager(BaseUserManager):
    """Makes users, who are known by their e-mail address."""

    def create_user(self, email, password=None, **fields):
        """Make a user of any role; without a password they can't sign in until they set one."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email, password=None, **fields):
        """Make an administrator, for `manage.py createsuperuser`."""
        return self.create_user(email, password, role=User.Role.ADMINISTRATOR, **fields)

    def get_by_natural_key(self, email):
        return self.get(email__iexact=email)


class User(AbstractBaseUser):
    """Someone who signs in: a place lead, a Board member or an administrator."""

    class Role(models.TextChoices):
        LEAD = "lead", "Place lead"
        BOARD_MEMBER = "board", "Board member"
        ADMINISTRATOR = "administrator", "Administrator"

    email = models.EmailField("e-mail address", unique=True)
    name = models.CharField(max_length=100)
    role = models.CharField(max_length=20, choices=Role)
    places = models.ManyToManyField(
        Place,
        blank=True,
        limit_choices_to=~models.Q(level=Level.COMPARATOR),
        related_name="leads",
        help_text="The places that a place lead records activities for.",
    )
    is_active = models.BooleanField(
        "can sign in", default=True, help_text="Untick this instead of deleting someone."
    )
    date_joined = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    objects = UserManager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="user_email_unique_in_any_case",
                violation_error_message="Someone else has this e-mail address.",
            ),
            models.CheckConstraint(
                condition=models.Q(role__in=["lead", "board", "administrator"]),
                name="user_role_known",
                violation_error_message="Choose one of the roles.",
            ),
        ]

    def __str__(self):
        return self.name or self.email

    @property
    def is_lead(self):
        return self.role == self.Role.LEAD

    @property
    def is_board_member(self):
        return self.role == self.Role.BOARD_MEMBER

    @property
    def is_administrator(self):
        return self.role == self.Role.ADMINISTRATOR

    @property
    def own_places(self):
        """The places in whose name they may write: all for administrators, none for the Board."""
        if self.is_administrator:
            return Place.objects.taking_part()
        return self.places.all() if self.is_lead else Place.objects.none()

    @property
    def is_staff(self):
        """Whether the admin site lets them in."""
        return self.is_active and self.is_administrator

    def has_perm(self, perm, obj=None):
        """Administrators may do everything in the admin site, others nothing."""
        return self.is_staff

    def has_module_perms(self, app_label):
        return self.is_staff
