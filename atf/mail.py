"""E-mails, made of plain-text templates."""

from django.core.mail import EmailMessage
from django.template.loader import render_to_string


def compose(template, *, to, **context):
    """The e-mail to an address that `{template}_subject.txt` and `{template}_message.txt` make."""
    subject = render_to_string(f"{template}_subject.txt", context)
    body = render_to_string(f"{template}_message.txt", context)
    return EmailMessage(" ".join(subject.split()), body, to=[to])
