"""How HTTP is read and answered, without HubSpot: the API (routes) and the pages for people (pages) build on it."""
