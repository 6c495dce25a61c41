"""Who may do what: keys, scopes, tenants, limits, sessions of the console, and the audit log."""
