/* read_protocol.c - a protocol from a file, its findings on stderr. */
#include "read_protocol.h"

#include <string.h>

void cli_say_findings(const cli_common *common, msp_findings *findings)
{
    msp_text text = {0};
    msp_findings_sort(findings);
    if (findings->n_errors > 0 || !common->quiet)
        msp_findings_render(findings, &text);
    fputs(msp_text_str(&text), stderr);
    msp_text_free(&text);
}

msp_status cli_read_protocol(const cli_common *common, const char *path, msp_protocol *out,
                             msp_error *err)
{
    msp_findings findings = {0};
    msp_status rc = msp_protocol_read(path, out, &findings, err);
    if (rc == MSP_OK)
        cli_say_findings(common, &findings);
    if (rc == MSP_OK && findings.n_errors > 0)
        rc = msp_fail(err, MSP_EINPUT, "%s: the protocol has errors", path);
    msp_findings_free(&findings);
    return rc;
}

const char *cli_beside(const msp_protocol *protocol, const char *name, msp_arena *arena)
{
    const char *slash = strrchr(protocol->file, '/');
    const int length = slash != NULL ? (int)(slash - protocol->file) + 1 : 0;
    return *name == '/' ? msp_arena_text(arena, name)
                        : msp_arena_printf(arena, "%.*s%s", length, protocol->file, name);
}

msp_status cli_read_rules(const cli_common *common, const msp_protocol *protocol, msp_arena *arena,
                          msp_rules *out, msp_error *err)
{
    msp_status rc = MSP_OK;
    if (protocol != NULL)
        *out = protocol->rules;
    else
        rc = msp_rules_default(arena, out, err);
    for (size_t i = 0; i < common->sets.n && rc == MSP_OK; i++) {
        const char *word = common->sets.word[i], *equals = strchr(word, '=');
        if (equals == NULL)
            return msp_fail(err, MSP_EUSAGE, "--set is \"%s\"; expected NAME=VALUE", word);
        const char *name = msp_arena_text_n(arena, word, (size_t)(equals - word));
        rc = name != NULL ? msp_rules_set(out, name, equals + 1, arena, err)
                          : msp_fail(err, MSP_EMEM, "no memory for the rules");
    }
    return rc;
}
