"""The staff wing's forms and lists, one module a room of models/; rooms.py puts them all on the site."""
