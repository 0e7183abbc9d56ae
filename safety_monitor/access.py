"""Pages about a person's access before sign-in, and the check whether the session is still open."""

from base64 import b64encode
from typing import Any

from django.contrib import messages
from django.contrib.auth.views import PasswordResetConfirmView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from accounts.services import remember_device, request_link
from safety_monitor.sign_in import FirstPasswordForm, LinkForm


class PasswordLink(PasswordResetConfirmView):
    """The page of a one-time link: a password twice. The browser is then a known device of this person."""

    form_class = FirstPasswordForm
    template_name = "safety_monitor/password_link.html"
    success_url = reverse_lazy("admin:login")

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        remember_device(self.request, response, form.user)
        messages.success(self.request, _("Your password is set. Sign in with it."))
        return response


@never_cache
@require_http_methods(["GET", "POST"])
def forgotten(request: HttpRequest) -> HttpResponse:
    """Request a one-time link to the person's own address. The response is the same for every name."""
    form = LinkForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        request_link(username=form.cleaned_data["username"], at=timezone.now())
        messages.success(
            request,
            _(
                "If there is such an account, a link is on its way to its e-mail address. If nothing comes, "
                "ask an administrator of the trial."
            ),
        )
        return HttpResponseRedirect(reverse_lazy("admin:login"))
    return render(request, "safety_monitor/forgotten.html", {"form": form})


@never_cache
@csrf_exempt  # changes nothing, and an old page has an old token; no other site can read the response
@require_POST
def alive(request: HttpRequest) -> JsonResponse:
    """Whether a person is signed in, and who, for a page that is already open.

    The page calls it before a form is sent and while a person types. `key` encrypts the typed text in the person's
    browser after the session has ended: no other person gets the key.
    """
    if not request.user.is_authenticated:
        return JsonResponse({"account": None})
    key = salted_hmac("safety_monitor.kept_text", str(request.user.pk), algorithm="sha256").digest()
    said = {"account": request.user.pk, "csrf": get_token(request), "key": b64encode(key).decode()}
    return JsonResponse(said)
