"""The addresses of the citizen wing."""

urlpatterns: list = []
