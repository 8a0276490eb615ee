"""For whoever looks for the pages: what a robot may read, the map of pages, what is new, icons."""

from xml.sax.saxutils import escape

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.template.defaultfilters import linebreaksbr
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed, rfc3339_date

from actionplan.selectors.found import Feed, PublicPage, department_feed, found_pages, item_feed, plan_feed, site_feed
from actionplan.views.frame import address_of, site_of

# A search asks endless questions; what staff and partners open is nobody else's.
ROBOTS = """User-agent: *
Disallow: /admin/
Disallow: /partner/
Disallow: /search/?
Disallow: /search.csv

Sitemap: {site}{sitemap}
"""
XMLNS = "http://www.sitemaps.org/schemas/sitemap/0.9"
# What one map may hold (sitemaps.org).
MOST = 50_000
XML = "application/xml; charset=utf-8"
ICONS = {"favicon.ico": "image/x-icon", "apple-touch-icon.png": "image/png"}
A_DAY = {"Cache-Control": "public, max-age=86400"}


def robots(request: HttpRequest) -> HttpResponse:
    """What a search engine may read, and where the map of pages is."""
    words = ROBOTS.format(site=site_of(request), sitemap=reverse("sitemap_xml"))
    return HttpResponse(words, content_type="text/plain; charset=utf-8", headers={"Cache-Control": "no-cache"})


def icon(request: HttpRequest, name: str) -> HttpResponse:
    """The icon that browsers ask for by name, whatever a page says."""
    content = (settings.BASE_DIR / "static" / name).read_bytes()
    return HttpResponse(content, content_type=ICONS[name], headers=A_DAY)


def sitemap_xml(request: HttpRequest, number: int | None = None) -> HttpResponse:
    """Every public page for search engines; more than one map holds are shared out, and this one lists the maps."""
    site, pages = site_of(request), found_pages()
    parts = [pages[start : start + MOST] for start in range(0, len(pages), MOST)]
    if number is not None and not 1 <= number <= len(parts):
        raise Http404
    if number is None and len(parts) > 1:
        maps = [PublicPage(reverse("sitemap_part", args=[each]), None) for each in range(1, len(parts) + 1)]
        return _answer(_map("sitemapindex", "sitemap", site, maps))
    return _answer(_map("urlset", "url", site, parts[(number or 1) - 1]))


def _map(whole: str, one: str, site: str, pages: list[PublicPage]) -> str:
    entries = "".join(f"<{one}><loc>{escape(site + page.address)}</loc>{_day(page)}</{one}>\n" for page in pages)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<{whole} xmlns="{XMLNS}">\n{entries}</{whole}>\n'


def _day(page: PublicPage) -> str:
    return f"<lastmod>{rfc3339_date(page.changed)}</lastmod>" if page.changed else ""


def _answer(words: str, content_type: str = XML) -> HttpResponse:
    return HttpResponse(words, content_type=content_type, headers={"Cache-Control": "no-cache"})


def feed(request: HttpRequest) -> HttpResponse:
    """What was published and corrected of every plan."""
    return _atom(request, site_feed())


def plan_news(request: HttpRequest, slug: str) -> HttpResponse:
    """The same of one plan."""
    return _atom(request, plan_feed(slug))


def department_news(request: HttpRequest, name: str) -> HttpResponse:
    """The same of what a department leads or takes part in."""
    return _atom(request, department_feed(name))


def item_news(request: HttpRequest, public_id: str) -> HttpResponse:
    """The same of one item."""
    return _atom(request, item_feed(public_id))


def _atom(request: HttpRequest, found: Feed) -> HttpResponse:
    site, address = site_of(request), address_of(request)
    title = "　".join(filter(None, [found.city, found.about, "実施状況の公表と訂正"]))
    atom = Atom1Feed(
        title,
        site + found.place,
        "",
        language="ja",
        author_name=found.city or title,
        feed_url=address,
        feed_guid=address,
    )
    for news in found.news:
        atom.add_item(
            news.title,
            site + news.address,
            str(linebreaksbr(news.note or f"第{news.edition.number}版です。", autoescape=True)),
            unique_id=news.identifier,
            pubdate=news.edition.public_from,
            updateddate=news.edition.public_from,
        )
    return _answer(atom.writeString("utf-8"), Atom1Feed.content_type)
