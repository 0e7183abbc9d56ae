import pytest
from django.contrib.auth.models import Group
from django.db import connection, connections, DatabaseError, transaction

@pytest.mark.django_db
def test_tests_run_as_the_application_role():
    with connection.cursor() as c:
        c.execute("select current_user, current_database()")
        print(c.fetchone())
    Group.objects.create(name="a")

@pytest.mark.django_db(transaction=True)
def test_committed_rows_a():
    assert Group.objects.count() == 0
    Group.objects.create(name="a")

@pytest.mark.django_db(transaction=True)
def test_committed_rows_b():
    assert Group.objects.count() == 0
    Group.objects.create(name="a")
    with pytest.raises(DatabaseError), connection.cursor() as c:
        c.execute("truncate auth_group cascade")

def test_live(live_server):
    import urllib.request
    Group.objects.create(name="a")
    assert b"groups: 1" in urllib.request.urlopen(live_server.url).read()
