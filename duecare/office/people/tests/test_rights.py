"""Pages and services ask for rights; roles hold them."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied

from duecare.office.crm.tests.factories import make_user
from duecare.office.people.models import Role
from duecare.office.people.rights import RIGHTS, require

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("role", Role.values)
def test_a_role_has_exactly_its_rights(role):
    user = make_user(role)
    assert {right for right in RIGHTS if user.has_perm(right)} == {right for right in RIGHTS if role in RIGHTS[right]}


def test_nobody_has_a_right_without_signing_in():
    assert not any(AnonymousUser().has_perm(right) for right in RIGHTS)


def test_an_inactive_user_has_no_right():
    user = make_user(Role.TEAM_LEAD, is_active=False)
    with pytest.raises(PermissionDenied):
        require(user, "crm.waive")


def test_a_right_that_does_not_exist_is_a_mistake_of_ours():
    with pytest.raises(LookupError, match=r"desk\.fly"):
        require(make_user(), "desk.fly")


def test_a_collector_may_not_waive_and_a_lead_may():
    with pytest.raises(PermissionDenied):
        require(make_user(Role.COLLECTOR), "crm.waive")
    require(make_user(Role.TEAM_LEAD), "crm.waive")
