"""The small web face: pages that links in mails open, and whether the service is well."""
