"""A consultation of several turns: what is known of the regimen and the patient, who said so when, and what is asked next."""
