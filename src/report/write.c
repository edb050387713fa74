#include "mspike/report/write.h"

#include <string.h>

#include "page.h"

/* -- the page -- */

static msp_status add_subgroups(page *p, const msp_plan_analysis *analysis, const char *number,
                                size_t first_figure, msp_error *err)
{
    msp_status rc = MSP_OK;
    if (analysis->n_subgroups == 0)
        return rc;
    for (size_t i = 0; i < analysis->n_comparisons && rc == MSP_OK; i++)
        rc = page_subgroups(p, analysis, &analysis->comparisons[i], page_number(p, number, i + 1),
                            page_number(p, number, first_figure + i), err);
    return rc;
}

static msp_status add_analysis(page *p, size_t k, msp_error *err)
{
    const msp_plan_analysis *analysis = &p->plan->analyses[k];
    const char *number = page_or_empty(analysis->number);
    if (*number == '\0')
        number = page_printf(p, "14.2.%zu", k + 1);
    page_begin_section(p, analysis->title, false);
    if (analysis->rates)
        page_rates_table(p, analysis, page_number(p, number, 0));
    else if (analysis->means)
        page_means_table(p, analysis, page_number(p, number, 0));
    else
        page_survival_table(p, analysis, page_number(p, number, 0));
    msp_status rc = MSP_OK;
    if (analysis->figure)
        rc = page_survival_figure(p, analysis, page_number(p, number, 0), err);
    if (rc == MSP_OK)
        rc = add_subgroups(p, analysis, number, analysis->figure ? 1 : 0, err);
    page_end_section(p);
    return rc;
}

/* Whether the page is all there. */
static msp_status made(const page *p, const msp_text *out, msp_status rc, msp_error *err)
{
    /* What a part complains of after memory ran out is not the cause. */
    if (p->failed || p->body.failed || out->failed)
        return msp_fail(err, MSP_EMEM, "no memory for the report");
    return rc;
}

static msp_status build(page *p, msp_text *out, msp_error *err)
{
    msp_status rc = MSP_OK;
    for (size_t i = 0; i < p->plan->n_summaries; i++)
        page_summary(p, &p->plan->summaries[i], i);
    for (size_t i = 0; i < p->plan->n_analyses && rc == MSP_OK; i++)
        rc = add_analysis(p, i, err);
    page_multiplicity(p);
    page_safety(p);
    if (rc == MSP_OK)
        rc = page_case_figures(p, err);
    if (rc == MSP_OK && p->plan->evidence != NULL)
        rc = page_evidence(p, err);
    page_methods(p);
    page_provenance(p);
    page_assemble(p, out);
    return made(p, out, rc, err);
}

static msp_status build_courses(page *p, msp_text *out, msp_error *err)
{
    const msp_status rc = page_case_courses(p, err);
    page_assemble(p, out);
    return made(p, out, rc, err);
}

static msp_status begin(page *p, const msp_report_plan *plan, const msp_results *results,
                        msp_error *err)
{
    *p = (page){
        .kind = "Statistical report", .plan = plan, .results = results, .format = &plan->format};
    if (plan->n_arms > MSP_PLAN_ARMS_MAX)
        return msp_fail(err, MSP_EUNSUPPORTED, "a report of %zu arms; at most %d fit its tables",
                        plan->n_arms, MSP_PLAN_ARMS_MAX);
    for (size_t i = 0; i < plan->n_analyses; i++)
        if (plan->analyses[i].n_arms > MSP_PLAN_ARMS_MAX)
            return msp_fail(err, MSP_EUNSUPPORTED, "an analysis of %zu arms; at most %d fit",
                            plan->analyses[i].n_arms, MSP_PLAN_ARMS_MAX);
    return MSP_OK;
}

static void end(page *p)
{
    msp_text_free(&p->body);
    msp_arena_free(&p->arena);
}

msp_status msp_report_html(const msp_report_plan *plan, const msp_results *results, msp_text *out,
                           msp_error *err)
{
    page p;
    msp_status rc = begin(&p, plan, results, err);
    if (rc == MSP_OK)
        rc = build(&p, out, err);
    end(&p);
    return rc;
}

/* -- the folder -- */

static msp_status write_text(folder *f, const char *name, const msp_text *text, msp_error *err)
{
    if (text->failed)
        return msp_fail(err, MSP_EMEM, "no memory for %s", name);
    return folder_write(f, name, msp_text_str(text), text->len, err);
}

static msp_status write_results(folder *f, const msp_results *results, msp_error *err)
{
    msp_text text = {0};
    msp_json json;
    msp_json_init(&json, &text, 1);
    msp_results_json(results, &json);
    msp_text_add_char(&text, '\n');
    msp_status rc = write_text(f, "results.json", &text, err);
    msp_text_clear(&text);
    page_csv_records(results, &text);
    if (rc == MSP_OK)
        rc = write_text(f, "data/records.csv", &text, err);
    msp_text_clear(&text);
    page_csv_curves(results, &text);
    if (rc == MSP_OK)
        rc = write_text(f, "data/curves.csv", &text, err);
    msp_text_free(&text);
    return rc;
}

static bool has_cases(const page *p)
{
    return p->plan->cases != NULL && p->plan->cases->n > 0;
}

static msp_status write_patients(folder *f, const page *p, msp_error *err)
{
    page q;
    msp_text text = {0};
    msp_status rc = begin(&q, p->plan, p->results, err);
    if (rc == MSP_OK)
        rc = build_courses(&q, &text, err);
    if (rc == MSP_OK)
        rc = write_text(f, "patients.html", &text, err);
    end(&q);
    msp_text_clear(&text);
    page_csv_cases(p->plan->cases, &text);
    if (rc == MSP_OK)
        rc = write_text(f, "data/patients.csv", &text, err);
    msp_text_free(&text);
    return rc;
}

msp_status page_figure_files(const page *p, folder *f, msp_error *err)
{
    msp_status rc = MSP_OK;
    for (size_t i = 0; i < p->n_figures && rc == MSP_OK; i++) {
        msp_text name = {0};
        msp_text_printf(&name, "figures/%s", p->figures[i].file);
        rc = name.failed
                 ? msp_fail(err, MSP_EMEM, "no memory for a file name")
                 : folder_write(f, msp_text_str(&name), p->figures[i].svg, p->figures[i].len, err);
        msp_text_free(&name);
    }
    return rc;
}

static msp_status write_files(folder *f, const page *p, const msp_text *html, msp_error *err)
{
    msp_status rc = write_text(f, "index.html", html, err);
    if (rc == MSP_OK)
        rc = write_results(f, p->results, err);
    if (rc == MSP_OK)
        rc = page_figure_files(p, f, err);
    if (rc == MSP_OK && p->plan->evidence != NULL)
        rc = page_evidence_files(p->plan->evidence, "evidence.html", f, err);
    if (rc == MSP_OK && has_cases(p))
        rc = write_patients(f, p, err);
    return rc;
}

static msp_status write_all(const page *p, const msp_text *html, const char *dir, bool force,
                            msp_error *err)
{
    folder f;
    msp_status rc = folder_begin(&f, dir, force, err);
    if (rc == MSP_OK)
        rc = write_files(&f, p, html, err);
    if (rc == MSP_OK)
        rc = folder_commit(&f, force, err);
    folder_discard(&f);
    if (rc != MSP_OK && err != NULL)
        err->at.file = dir; /* the caller's own text outlives the message */
    return rc;
}

msp_status msp_report_write(const msp_report_plan *plan, const msp_results *results,
                            const char *dir, bool force, msp_error *err)
{
    page p;
    msp_text html = {0};
    msp_status rc = begin(&p, plan, results, err);
    if (rc == MSP_OK)
        rc = build(&p, &html, err);
    if (rc == MSP_OK)
        rc = write_all(&p, &html, dir, force, err);
    msp_text_free(&html);
    end(&p);
    return rc;
}
