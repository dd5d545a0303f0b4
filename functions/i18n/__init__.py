"""The languages of pages for people: which one a reader gets, and its translations. Every page uses it, and no mail does."""
