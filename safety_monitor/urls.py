"""Every address of the site."""

from django.contrib import admin
from django.urls import include, path, re_path
from drf_spectacular.renderers import OpenApiJsonRenderer, OpenApiJsonRenderer2, OpenApiYamlRenderer2
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from safety_monitor import access, health
from safety_monitor.api_changes import ChangesView
from safety_monitor.api_router import router
from safety_monitor.api_schema import RememberedSchema, RememberedYaml
from safety_monitor.views import appearance
from webkit.api.problems import address_not_found

described = SpectacularAPIView.as_view(
    generator_class=RememberedSchema,
    renderer_classes=[RememberedYaml, OpenApiYamlRenderer2, OpenApiJsonRenderer, OpenApiJsonRenderer2],
)

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("api/v1/changes/", ChangesView.as_view(), name="changes"),
    path("api/v1/", include(router.urls)),
    path("api/v1/schema/", described, name="schema"),
    path("api/v1/docs/", SpectacularSwaggerSplitView.as_view(url_name="schema"), name="docs"),
    re_path(r"^api(?:/.*)?$", address_not_found, name="no_such_api_address"),
    path("fhir/", include("pharmacovigilance.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("appearance/", appearance, name="appearance"),
    path("access/forgotten/", access.forgotten, name="forgotten"),
    path("access/alive/", access.alive, name="alive"),
    path("access/link/<slug:uidb64>/<slug:token>/", access.PasswordLink.as_view(), name="password_link"),
    path("board/", include("dsmb.urls")),
    path("", admin.site.urls),
]
