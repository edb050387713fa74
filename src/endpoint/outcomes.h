/*
 * outcomes.h - how a time ends: the first row that applies decides. Included by derive.c, twice.
 *
 * where it is asked, whether it applies, its name in the clinical rules, CNSR (0: an event),
 * EVNTDESC, CNSDTDSC, when and at which date.
 */
/* clang-format off: a row is a rule, to be read as a table */
ROW(ANY | BOTH, event_before_start, "C15", 99, "Event before the start [C15]", "Fault in the data",
    "an event before the start is a fault in the data")
ROW(ASSESSED | STANDARD, no_baseline, "C1", 3, "No baseline assessment [C1]",
    "Start of the time at risk",
    "the disease was not assessed at baseline: at the origin; EMA: only where there is no event")
ROW(ASSESSED | STANDARD, new_therapy_first, "C6", 4, "New anti-myeloma therapy [C6]",
    "Last adequate assessment up to the new therapy",
    "a new therapy before the event: last adequate assessment on or before its start")
ROW(ASSESSED | STANDARD, missed_visits_first, "C9", 5, "Missed assessments before the event [C9]",
    "Last adequate assessment before the gap",
    "two or more scheduled assessments missed before the event: last adequate one before them")
ROW(ASSESSED | CONTACT | STANDARD, progression_and_death, "C14", 0, "Disease Progression", "",
    "progression and death on one day are one event, the progression")
ROW(ASSESSED | CONTACT | BOTH, progression, "C4", 0, "Disease Progression", "",
    "confirmed progression, at its own date also between scheduled assessments")
ROW(ASSESSED | STANDARD, death_unassessed, "C3", 0, "Death", "",
    "death before any assessment, and before two are missed")
ROW(ASSESSED | CONTACT | BOTH, death, "C10", 0, "Death", "", "death")
ROW(ANY | BOTH, second, "E1", 0, "Progression on Next Therapy", "",
    "second progression, or the third line in its place")
ROW(ANY | BOTH, relapse, "E2", 0, "Relapse From Complete Response", "", "relapse or progression")
ROW(ANY | BOTH, clinical, "E3", 0, "Clinical Progression", "", "progression without documentation")
ROW(ANY | BOTH, response, "E4", 0, "Response", "", "first response of the level asked for")
ROW(ANY | BOTH, best_response, "E5", 0, "Best Response", "", "first date of the best response")
ROW(ANY | BOTH, therapy, "E6", 0, "New Anti-Myeloma Therapy", "", "start of the next therapy")
ROW(ANY | BOTH, adverse_event, "E7", 0, "Adverse Event", "", "an adverse event that counts")
ROW(ANY | BOTH, deterioration, "E8", 0, "Deterioration", "", "deterioration")
ROW(ASSESSED | CONTACT | STANDARD, death_censors, "D1", 6, "Death that is no event here [D1]",
    "Date of death", "a death that is no event of this endpoint: at death")
ROW(ASSESSED | RESPONSE | STANDARD, not_assessed, "C2", 2, "No assessment after baseline [C2]",
    "Start of the time at risk", "no adequate assessment, alive: at the origin")
ROW(ASSESSED | STANDARD, claimed, "C8", 7, "Clinical progression, not documented [C8]",
    "Last adequate assessment", "progression without documentation is no event")
ROW(ASSESSED | STANDARD, lost, "C11", 8, "Lost to follow-up or consent withdrawn [C11]",
    "Last adequate assessment", "no longer followed: last adequate assessment")
ROW(ASSESSED | STANDARD, stopped, "C7", 9, "Treatment stopped without progression [C7]",
    "Last adequate assessment", "not assessed after treatment was stopped")
ROW(ASSESSED | STANDARD, died_undated, "S3", 10, "Died, date not known [S3]",
    "Last adequate assessment", "died on a day that nobody says: last adequate assessment")
ROW(ASSESSED | RESPONSE | STANDARD, no_event_yet, "C5", 1, "No event [C5]",
    "Last adequate assessment", "neither progression nor death: last adequate assessment")
ROW(ASSESSED | RESPONSE | ADMIRALONCO, not_assessed, "A2", 1, "Randomization", "Randomization",
    "admiralonco: no assessment: at randomisation")
ROW(ASSESSED | RESPONSE | ADMIRALONCO, no_event_yet, "A1", 1, "Last Tumor Assessment",
    "Last Tumor Assessment", "admiralonco: last assessment")
ROW(CONTACT | BOTH, died_undated, "S3", 10, "Died, date not known [S3]", "Last date known alive",
    "died on a day that nobody says: last date known alive")
ROW(CONTACT | STANDARD, alive, "S1", 1, "Alive without the event [S1]", "Last date known alive",
    "no event: last date known alive, to the cut-off")
ROW(CONTACT | STANDARD, no_contact, "S2", 2, "No contact after the start [S2]",
    "Start of the time at risk", "nothing is known after the origin: at the origin")
ROW(CONTACT | ADMIRALONCO, alive, "A3", 1, "Alive", "Alive During Study",
    "admiralonco: last date known alive, after randomisation")
ROW(CONTACT | ADMIRALONCO, no_contact, "A2", 1, "Randomization", "Randomization",
    "admiralonco: not known alive after randomisation")
/* clang-format on */
