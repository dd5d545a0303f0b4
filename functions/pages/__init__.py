"""The console: pages for people, over the same steps as the API. CONTRIBUTING.md describes how to add a page.

A page is a module in the folder of its room: a view reads and writes through steps, and a template in templates/pages/<room>/ shows the
result. `PAGES` of each module is its part of the table, and table.py joins the parts. Everything else works without a line in the page:
sign-in, scopes, CSRF tokens, the policy of the browser, errors, languages, times, and the tests that visit every page.
"""
