"""`manage.py send_reminders`: everyone's digest, for a scheduler."""

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from stocktake import operations
from stocktake.reminders import digests


class Command(BaseCommand):
    """Sends each lead one e-mail with what is new for them, or prints what would go."""

    help = "Send each lead one e-mail with what is new for them. Nobody is told the same twice."

    def add_arguments(self, parser):
        parser.add_argument("--dry-run", action="store_true", help="send nothing, only say what")

    def handle(self, *, dry_run, **options):
        if dry_run:
            self._print(digests(timezone.localdate()))
            return
        sending = operations.send_reminders()
        self.stdout.write(f"E-mails sent: {len(sending.sent)}.")
        if sending.failed:
            addresses = ", ".join(user.email for user in sending.failed)
            raise CommandError(f"Not sent, to be tried again by the next run: {addresses}.")

    def _print(self, due):
        self.stdout.write(f"E-mails that would be sent: {len(due)}.")
        for digest in due:
            message = digest.message()
            self.stdout.write(f"\nTo: {message.to[0]}\nSubject: {message.subject}\n{message.body}")
