"""Admin of what comes from elsewhere: Django's people and groups.

What the library of accounts keeps, second factors among it, is each person's own: nobody sees it here.

Whoever may change people can't give rights to themselves.
"""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User
from django.http import HttpRequest

from fleets.rights import Right, roles_with

# What gives rights in the admin itself.
_RIGHTS = ("is_staff", "is_superuser", "groups", "user_permissions")

admin.site.unregister([User, Group])
admin.site.unregister([EmailAddress, Authenticator, SocialAccount, SocialApp, SocialToken])


def _is_superuser(request: HttpRequest) -> bool:
    return bool(request.user.is_superuser)


@admin.register(User)
class PeopleAdmin(UserAdmin):
    """Only superusers change members of the staff and those who give rights in a fleet, or make anybody one of the
    staff: neither rights nor password.
    """

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        fields = super().get_readonly_fields(request, obj)
        return fields if _is_superuser(request) else (*fields, *_RIGHTS)

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return super().has_change_permission(request, obj) and _is_below(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return super().has_delete_permission(request, obj) and _is_below(request, obj)


def _is_below(request: HttpRequest, obj: User | None) -> bool:
    if _is_superuser(request) or obj is None:
        return True
    gives_rights = obj.memberships.filter(role__in=roles_with(Right.CHANGE_PEOPLE)).exists()
    return not (obj.is_staff or obj.is_superuser or gives_rights)


@admin.register(Group)
class RightsAdmin(GroupAdmin):
    """A group is a set of rights, which may be one's own: superusers change them."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return _is_superuser(request)

    def has_change_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        return _is_superuser(request)

    def has_delete_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        return _is_superuser(request)
