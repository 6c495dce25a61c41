"""Kidney function from creatinine by the two published equations that dose tables are written in."""

from __future__ import annotations

from typing import Literal

__all__ = ["UMOL_PER_MG", "ckd_epi_2021", "cockcroft_gault"]

#: micromol/L of creatinine in 1 mg/dL (molar mass 113.12 g/mol).
UMOL_PER_MG = 88.4


def ckd_epi_2021(creatinine_mg_dl: float, age_years: float, sex: Literal["female", "male"]) -> float:
    """eGFR in mL/min/1.73 m2, without race: Inker et al., N Engl J Med 2021;385:1737-49. For adults."""
    kappa, alpha = (0.7, -0.241) if sex == "female" else (0.9, -0.302)
    ratio = creatinine_mg_dl / kappa
    gfr = 142.0 * min(ratio, 1.0) ** alpha * max(ratio, 1.0) ** -1.200 * 0.9938**age_years
    return float(gfr * 1.012 if sex == "female" else gfr)


def cockcroft_gault(
    creatinine_mg_dl: float, age_years: float, weight_kg: float, sex: Literal["female", "male"]
) -> float:
    """Creatinine clearance in mL/min, by actual weight: Cockcroft and Gault, Nephron 1976;16:31-41."""
    clearance = (140.0 - age_years) * weight_kg / (72.0 * creatinine_mg_dl)
    return max(0.0, clearance * 0.85 if sex == "female" else clearance)
