"""The people who sign in, and those who are invited to."""

import datetime
import hashlib
import secrets

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

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


class InvitationQuerySet(models.QuerySet):
    """Invitations, chosen by whether their link still works."""

    def open(self):
        """Those that were neither accepted nor taken back and have not expired."""
        return self.filter(accepted_at=None, revoked_at=None, expires_at__gt=timezone.now())

    def with_token(self, token):
        """The one whose link holds `token`, whether it still works or not."""
        return self.filter(token_hash=Invitation.hash_of(token))

    def manageable_by(self, user):
        """Those that someone may send again or take back: all, or by which they hand over."""
        if user.is_administrator:
            return self
        return self.filter(hands_over=True, invited_by=user) if user.is_lead else self.none()


class Invitation(models.Model):
    """A link by e-mail with which someone becomes a lead of places; it works once and expires.

    Only the hash of its secret is kept. With `hands_over`, the person who invited gives these
    places up to their successor once it is accepted.
    """

    class State(models.TextChoices):
        OPEN = "open", "Open"
        ACCEPTED = "accepted", "Accepted"
        EXPIRED = "expired", "Expired"
        TAKEN_BACK = "taken-back", "Taken back"

    LASTS = datetime.timedelta(days=14)

    email = models.EmailField("e-mail address")
    name = models.CharField(max_length=100)
    places = models.ManyToManyField(
        Place, limit_choices_to=~models.Q(level=Level.COMPARATOR), related_name="invitations"
    )
    hands_over = models.BooleanField(default=False, editable=False)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    invited_at = models.DateTimeField(default=timezone.now, editable=False)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, editable=False, related_name="invitations"
    )
    expires_at = models.DateTimeField(editable=False)
    revoked_at = models.DateTimeField(null=True, editable=False)
    accepted_at = models.DateTimeField(null=True, editable=False)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["-invited_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(accepted_at=None, accepted_by=None)
                | models.Q(accepted_at__isnull=False, accepted_by__isnull=False),
                name="invitation_accepted_when_and_by",
                violation_error_message="An accepted invitation has a time and who accepted it.",
            ),
            models.CheckConstraint(
                condition=models.Q(accepted_at=None) | models.Q(revoked_at=None),
                name="invitation_accepted_or_revoked",
                violation_error_message="An accepted invitation can't be taken back.",
            ),
        ]

    def __str__(self):
        return f"{self.name} <{self.email}>"

    @staticmethod
    def hash_of(token):
        """What is kept of a link's secret."""
        return hashlib.sha256(token.encode()).hexdigest()

    def renew(self):
        """Give it a new secret, which is returned, and its full time; an older link is dead."""
        token = secrets.token_urlsafe(32)
        self.token_hash = self.hash_of(token)
        self.expires_at = timezone.now() + self.LASTS
        return token

    @property
    def state(self):
        """What became of it."""
        if self.accepted_at:
            return self.State.ACCEPTED
        if self.revoked_at:
            return self.State.TAKEN_BACK
        return self.State.OPEN if self.expires_at > timezone.now() else self.State.EXPIRED

    @property
    def can_be_sent_again(self):
        """Whether a new link can take the place of its old one."""
        return self.state in (self.State.OPEN, self.State.EXPIRED)

    @property
    def is_open(self):
        """Whether its link still works."""
        return self.state == self.State.OPEN

    @property
    def account(self):
        """Who signs in with its address already, or None."""
        return User.objects.filter(email__iexact=self.email).first()

    @property
    def places_it_gives(self):
        """Its places; of a predecessor's only those that are still theirs to hand over."""
        if not self.hands_over:
            return self.places.all()
        return self.places.filter(
            leads=self.invited_by_id, leads__is_active=True, leads__role=User.Role.LEAD
        )
