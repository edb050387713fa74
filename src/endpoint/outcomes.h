/*
 * outcomes.h - how a time ends: the first row that applies decides. Included by derive.c, twice.
 *
 * where it is asked, of which event, whether it applies, its name in the clinical rules, CNSR (0:
 * an event), EVNTDESC, CNSDTDSC, when and at which date.
 */
/* clang-format off: a row is a rule, to be read as a table */
ROW(ANY | BOTH, EVENT, event_before_start, "C15", 99, "Event before the start [C15]",
    "Fault in the data", "an event before the start is a fault in the data")
ROW(ASSESSED | STANDARD, ANYHOW, no_baseline, "C1", 3, "No baseline assessment [C1]",
    "Start of the time at risk",
    "the disease was not assessed at baseline: at the origin; EMA: only where there is no event")
ROW(ASSESSED | STANDARD, ANYHOW, new_therapy_first, "C6", 4, "New anti-myeloma therapy [C6]",
    "Last adequate assessment up to the new therapy",
    "a new therapy before the event: last adequate assessment on or before its start")
ROW(ASSESSED | STANDARD, EVENT, missed_visits_first, "C9", 5,
    "Missed assessments before the event [C9]", "Last adequate assessment before the gap",
    "two or more scheduled assessments missed before the event: last adequate one before them")
ROW(ASSESSED | CONTACT | STANDARD, BIT(PROGRESSION), progression_and_death, "C14", 0,
    "Disease Progression", "", "progression and death on one day are one event, the progression")
ROW(ASSESSED | CONTACT | BOTH, BIT(PROGRESSION), event, "C4", 0, "Disease Progression", "",
    "confirmed progression, at its own date also between scheduled assessments")
ROW(ASSESSED | STANDARD, DEATHS, death_unassessed, "C3", 0, "Death", "",
    "death before any assessment, and before two are missed")
ROW(ASSESSED | CONTACT | BOTH, DEATHS, event, "C10", 0, "Death", "", "death")
ROW(ANY | BOTH, BIT(SECOND_PROGRESSION), event, "E1", 0, "Progression on Next Therapy", "",
    "second progression, or the third line in its place")
ROW(ANY | BOTH, BIT(RELAPSE), event, "E2", 0, "Relapse From Complete Response", "",
    "relapse or progression")
ROW(ANY | BOTH, BIT(CLINICAL_PROGRESSION), event, "E3", 0, "Clinical Progression", "",
    "progression without documentation")
ROW(ANY | BOTH, BIT(RESPONSE), event, "E4", 0, "Response", "",
    "first response of the level asked for")
ROW(ANY | BOTH, BIT(BEST_RESPONSE), event, "E5", 0, "Best Response", "",
    "first date of the best response")
ROW(ANY | BOTH, BIT(NEXT_THERAPY), event, "E6", 0, "New Anti-Myeloma Therapy", "",
    "start of the next therapy")
ROW(ANY | BOTH, BIT(ADVERSE_EVENT), event, "E7", 0, "Adverse Event", "",
    "an adverse event that counts")
ROW(ANY | BOTH, BIT(DETERIORATION), event, "E8", 0, "Deterioration", "", "deterioration")
ROW(ASSESSED | CONTACT | STANDARD, ANYHOW, death_censors, "D1", 6,
    "Death that is no event here [D1]", "Date of death",
    "a death that is no event of this endpoint: at death")
ROW(ASSESSED | RESPONSE | STANDARD, ANYHOW, not_assessed, "C2", 2,
    "No assessment after baseline [C2]", "Start of the time at risk",
    "no adequate assessment, alive: at the origin")
ROW(ASSESSED | STANDARD, ANYHOW, claimed, "C8", 7, "Clinical progression, not documented [C8]",
    "Last adequate assessment", "progression without documentation is no event")
ROW(ASSESSED | STANDARD, ANYHOW, lost, "C11", 8, "Lost to follow-up or consent withdrawn [C11]",
    "Last adequate assessment", "no longer followed: last adequate assessment")
ROW(ASSESSED | STANDARD, ANYHOW, stopped, "C7", 9, "Treatment stopped without progression [C7]",
    "Last adequate assessment", "not assessed after treatment was stopped")
ROW(ASSESSED | STANDARD, ANYHOW, died_undated, "S3", 10, "Died, date not known [S3]",
    "Last adequate assessment", "died on a day that nobody says: last adequate assessment")
ROW(ASSESSED | RESPONSE | STANDARD, ANYHOW, no_event_yet, "C5", 1, "No event [C5]",
    "Last adequate assessment", "neither progression nor death: last adequate assessment")
ROW(ASSESSED | RESPONSE | ADMIRALONCO, ANYHOW, not_assessed, "A2", 1, "Randomization",
    "Randomization", "admiralonco: no assessment: at randomisation")
ROW(ASSESSED | RESPONSE | ADMIRALONCO, ANYHOW, no_event_yet, "A1", 1, "Last Tumor Assessment",
    "Last Tumor Assessment", "admiralonco: last assessment")
ROW(CONTACT | BOTH, ANYHOW, died_undated, "S3", 10, "Died, date not known [S3]",
    "Last date known alive", "died on a day that nobody says: last date known alive")
ROW(CONTACT | STANDARD, ANYHOW, alive, "S1", 1, "Alive without the event [S1]",
    "Last date known alive", "no event: last date known alive, to the cut-off")
ROW(CONTACT | STANDARD, ANYHOW, no_contact, "S2", 2, "No contact after the start [S2]",
    "Start of the time at risk", "nothing is known after the origin: at the origin")
ROW(CONTACT | ADMIRALONCO, ANYHOW, alive, "A3", 1, "Alive", "Alive During Study",
    "admiralonco: last date known alive, after randomisation")
ROW(CONTACT | ADMIRALONCO, ANYHOW, no_contact, "A2", 1, "Randomization", "Randomization",
    "admiralonco: not known alive after randomisation")
/* clang-format on */
