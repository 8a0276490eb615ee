"""The public pages, one of each kind: what every check of looks, grammar and accessibility goes through."""

PUBLIC = (
    "/",
    "/reports/",
    "/reports/2009/",
    "/reports/2009/policies/3/",
    "/reports/2009/changes/",
    "/items/3-2-1/",
    "/search/",
    "/search/?year=2009&progress=not_done",
    "/about/",
    "/sitemap/",
    "/accessibility/",
    "/nothing/",
)
STAFF = (
    "/admin/",
    "/admin/actionplan/yearlystatus/",
    "/admin/actionplan/annualreport/",
    "/admin/actionplan/policy/",
    "/admin/actionplan/actionitem/import/",
    "/admin/actionplan/annualreport/{report}/publish/",
    "/admin/components/",
    "/admin/trail/",
    "/admin/round/2009/",
    "/admin/round/2009/remind/",
    "/admin/round/open/?year=2010",
)
