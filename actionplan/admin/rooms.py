"""Every room of the staff wing, on the site once this module is imported.

Not done in the package's __init__: Django's default site imports the package to find PortalAdminSite, and a room that
registers itself during that import would land on a site that is thrown away.
"""

from actionplan.admin import annual_report, editions, plan, statuses, tree
from actionplan.admin.organisation import department, users

__all__ = ["annual_report", "department", "editions", "plan", "statuses", "tree", "users"]
