"""Who may open a page, declared on its view."""

from django.core.exceptions import PermissionDenied

from .models import User

# Those who record entries.
WRITERS = (User.Role.LEAD, User.Role.ADMINISTRATOR)


class RoleRequiredMixin:
    """Lets only the roles in `roles` open a view; the others are told that it is not theirs."""

    roles = (User.Role.ADMINISTRATOR,)

    def dispatch(self, request, *args, **kwargs):
        if request.user.role not in self.roles:
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)
