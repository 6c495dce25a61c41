"""FHIR R4: a patient's record read into a regimen, and the review given back as DetectedIssue resources."""
