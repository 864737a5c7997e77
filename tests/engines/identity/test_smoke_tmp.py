import time_machine

from .conftest import NOW


def test_pages(staff, browser, client, resident):
    with time_machine.travel(NOW, tick=False):
        for url in ["/sign-in/", "/sign-out/", "/staff/sign-in/"]:
            r = client.get(url)
            assert r.status_code == 200, url
        admin = staff("見本 花子", "general-affairs-head")
        c = browser(admin.id)
        for url in [
            "/staff/account/",
            "/staff/account/password/",
            "/staff/account/second-factor/",
            "/staff/people/",
            "/staff/people/new/",
            f"/staff/people/{admin.public_id}/",
            "/staff/tokens/",
            "/staff/authority/",
        ]:
            r = c.get(url)
            assert r.status_code == 200, (url, r.status_code, r.headers)
            open("/tmp/ident_" + url.strip("/").replace("/", "_")[:30] + ".html", "wb").write(
                r.content
            )
        c = browser(resident.pk)
        r = c.get("/my/account/")
        assert r.status_code == 200
        open("/tmp/ident_my.html", "wb").write(r.content)
