#include "svg.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "measure.h"

/* -- style -- */

#define N_COLOURS 6

static const char *const colours[N_COLOURS] = {"c0", "c1", "c2", "c3", "c4", "c5"};
static const char *const patterns[N_COLOURS] = {"d0", "d1", "d2", "d3", "d4", "d5"};

/* c: stroke and fill of a series; d: its dash pattern. Kept plain (no variables, no nesting), so
 * that programs which make PDF and PNG of a figure understand it too. */
static const char style_sheet[] =
    ".msf{display:block;width:100%;height:auto;font-family:Helvetica,Arial,\"Liberation Sans\","
    "\"Nimbus Sans\",sans-serif;font-size:12px;font-variant-numeric:tabular-nums lining-nums}\n"
    ".msf text{fill:#1b1f24}\n"
    ".msf .bg{fill:#fff}\n"
    ".msf .box{fill:#fff;fill-opacity:.85}\n"
    ".msf .small{font-size:11px}\n"
    ".msf .soft{fill:#57606a}\n"
    ".msf .strong{font-weight:bold}\n"
    ".msf .axis{stroke:#57606a;stroke-width:1;fill:none}\n"
    ".msf .grid{stroke:#e4e7eb;stroke-width:1}\n"
    ".msf .rule{stroke:#c9ced6;stroke-width:1}\n"
    ".msf .stripe{fill:#f4f6f8}\n"
    ".msf .median{stroke:#57606a;stroke-width:1;stroke-dasharray:3 3;fill:none}\n"
    ".msf .curve{fill:none;stroke-width:1.8;stroke-linejoin:miter}\n"
    ".msf .censor{fill:none;stroke-width:1.1}\n"
    ".msf .band{stroke:none;fill-opacity:.13}\n"
    ".msf .interval{stroke:#1b1f24;stroke-width:1.4;fill:none}\n"
    ".msf .mark{fill:#0072b2}\n"
    ".msf .arrow{fill:#1b1f24}\n"
    ".msf .d1{stroke-dasharray:7 3}.msf .d2{stroke-dasharray:2.5 2.5}"
    ".msf .d3{stroke-dasharray:10 3 2.5 3}.msf .d4{stroke-dasharray:14 4}"
    ".msf .d5{stroke-dasharray:6 2 2 2 2 2}\n"
    ".msf .s.c0{stroke:#0072b2}.msf .s.c1{stroke:#d55e00}.msf .s.c2{stroke:#009e73}"
    ".msf .s.c3{stroke:#cc79a7}.msf .s.c4{stroke:#e69f00}.msf .s.c5{stroke:#1b1f24}\n"
    ".msf .f.c0{fill:#0072b2}.msf .f.c1{fill:#d55e00}.msf .f.c2{fill:#009e73}"
    ".msf .f.c3{fill:#cc79a7}.msf .f.c4{fill:#e69f00}.msf .f.c5{fill:#1b1f24}\n"
    ".msf .k0{fill:#00426e}.msf .k1{fill:#0072b2}.msf .k2{fill:#7cc7f0}\n"
    ".msf .k3{fill:#009e73}.msf .k4{fill:#f5ea6a}.msf .k5{fill:#e69f00}\n"
    ".msf .k6{fill:#d55e00}.msf .k7{fill:#cc79a7}.msf .k8{fill:#c9ced6}\n"
    ".msf .t0{stroke:#00426e}.msf .t1{stroke:#0072b2}.msf .t2{stroke:#4ba7da}\n"
    ".msf .t3{stroke:#009e73}.msf .t4{stroke:#a89a00}.msf .t5{stroke:#e69f00}\n"
    ".msf .t6{stroke:#d55e00}.msf .t7{stroke:#cc79a7}.msf .t8{stroke:#8a929d}\n"
    ".msf .hatch{stroke:#fff;stroke-width:1;fill:none}\n"
    ".msf .bar{stroke:#fff;stroke-width:.6}\n"
    ".msf .thin .bar{stroke:none}\n"
    ".msf .ev{fill:#1b1f24;stroke:#fff;stroke-width:1}\n"
    ".msf .pt{stroke:#fff;stroke-width:.6}\n"
    ".msf .hollow{fill:#fff;stroke:#1b1f24;stroke-width:1.4}\n"
    ".msf .halo{stroke:#fff;stroke-width:3;paint-order:stroke}\n"
    ".msf .tick{fill:#57606a}.msf .track{fill:#eef0f3}\n"
    ".msf .lead{stroke:#1b1f24;stroke-width:1}\n"
    ".msf .course{fill:#dbe6ef;stroke:#57606a;stroke-width:.7}\n"
    ".msf .pair{fill:none;stroke:#57606a;stroke-width:1}\n"
    ".msf .link{stroke:#57606a;fill:none}.msf .thick{stroke-width:3}\n"
    ".msf .path{fill:none;stroke-width:1.3;stroke-linejoin:round}\n"
    ".msf .dot{fill:none;stroke-width:2.6}\n"
    ".msf .many .path{stroke-width:.7;stroke-opacity:.6}.msf .many .dot{stroke-width:1.4}\n"
    ".msf text.f.c0{fill:#00588c}.msf text.f.c1{fill:#a84a00}.msf text.f.c2{fill:#00704f}"
    ".msf text.f.c3{fill:#97456f}.msf text.f.c4{fill:#8a5f00}\n"
    "@media screen and (prefers-color-scheme:dark){\n"
    ".msf text{fill:#e6e9ee}.msf .bg,.msf .box{fill:#14171b}.msf .soft{fill:#a3abb6}\n"
    ".msf .axis,.msf .median{stroke:#a3abb6}.msf .grid{stroke:#2a2f36}.msf .rule{stroke:#414853}\n"
    ".msf .stripe{fill:#1c2026}.msf .interval{stroke:#e6e9ee}.msf .arrow{fill:#e6e9ee}\n"
    ".msf .mark{fill:#56b4e9}\n"
    ".msf .s.c0{stroke:#56b4e9}.msf .s.c1{stroke:#f08c46}.msf .s.c2{stroke:#35c9a0}"
    ".msf .s.c3{stroke:#e5a3c8}.msf .s.c4{stroke:#f0bf4c}.msf .s.c5{stroke:#e6e9ee}\n"
    ".msf .f.c0,.msf text.f.c0{fill:#56b4e9}.msf .f.c1,.msf text.f.c1{fill:#f08c46}"
    ".msf .f.c2,.msf text.f.c2{fill:#35c9a0}.msf .f.c3,.msf text.f.c3{fill:#e5a3c8}"
    ".msf .f.c4,.msf text.f.c4{fill:#f0bf4c}.msf .f.c5,.msf text.f.c5{fill:#e6e9ee}\n"
    ".msf .k0{fill:#d3ebfb}.msf .k1{fill:#56b4e9}.msf .k2{fill:#2b78a8}\n"
    ".msf .k3{fill:#00a97b}.msf .k8{fill:#59616c}\n"
    ".msf .t0{stroke:#d3ebfb}.msf .t1{stroke:#56b4e9}.msf .t2{stroke:#3d8fc4}\n"
    ".msf .t3{stroke:#00a97b}.msf .t4{stroke:#f5ea6a}\n"
    ".msf .hatch,.msf .bar,.msf .ev,.msf .pt{stroke:#14171b}.msf .ev{fill:#e6e9ee}\n"
    ".msf .hollow{fill:#14171b;stroke:#e6e9ee}.msf .lead{stroke:#e6e9ee}\n"
    ".msf .halo{stroke:#14171b}\n"
    ".msf .tick{fill:#a3abb6}.msf .track{fill:#23282e}\n"
    ".msf .link{stroke:#a3abb6}\n"
    ".msf .course{fill:#26384a;stroke:#a3abb6}.msf .pair{stroke:#a3abb6}\n"
    "}\n";

const char *msp_figure_css(void)
{
    return style_sheet;
}

const char *svg_colour(int series)
{
    return series < 0 ? "" : colours[series % N_COLOURS];
}

/* Beyond the sixth series the colours come again, with another pattern each. */
const char *svg_pattern(int series)
{
    return series < 0 ? "" : patterns[(series + series / N_COLOURS) % N_COLOURS];
}

/* -- elements -- */

void svg_number(msp_text *out, double x)
{
    if (!isfinite(x) || fabs(x) > 1e9)
        x = 0;
    const int64_t hundredths = llround(x * 100);
    const int64_t size = hundredths < 0 ? -hundredths : hundredths;
    if (hundredths < 0)
        msp_text_add_char(out, '-');
    msp_text_printf(out, "%" PRId64, size / 100);
    if (size % 10 != 0)
        msp_text_printf(out, ".%02d", (int)(size % 100));
    else if (size % 100 != 0)
        msp_text_printf(out, ".%d", (int)(size % 100 / 10));
}

void svg_decimal(double x, int digits, char out[MSP_DOUBLE_MAX])
{
    int64_t unit = 1;
    digits = digits < 0 ? 0 : digits > 9 ? 9 : digits;
    for (int i = 0; i < digits; i++)
        unit *= 10;
    const int64_t scaled = fabs(x) < 1e9 ? llround(x * (double)unit) : 0;
    int64_t rest = scaled < 0 ? -scaled : scaled;
    char reversed[MSP_DOUBLE_MAX];
    int n = 0;
    for (int i = 0; i <= digits || rest > 0; i++) {
        if (i == digits && digits > 0)
            reversed[n++] = '.';
        reversed[n++] = (char)('0' + rest % 10);
        rest /= 10;
    }
    if (scaled < 0)
        reversed[n++] = '-';
    for (int i = 0; i < n; i++)
        out[i] = reversed[n - 1 - i];
    out[n] = '\0';
}

static void attribute(msp_text *out, const char *name, double x)
{
    msp_text_printf(out, " %s=\"", name);
    svg_number(out, x);
    msp_text_add_char(out, '"');
}

static bool is_id(const char *id)
{
    return id != NULL && *id != '\0' &&
           id[strspn(id, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-")] ==
               '\0';
}

msp_status svg_open(msp_text *out, const msp_figure_frame *frame, double height, msp_error *err)
{
    if (!is_id(frame->id))
        return msp_fail(err, MSP_EINPUT, "a figure's id is \"%s\"; expected letters, digits and -",
                        frame->id != NULL ? frame->id : "");
    msp_text_add(out, "<svg class=\"msf\"");
    if (frame->standalone)
        msp_text_add(out, " xmlns=\"http://www.w3.org/2000/svg\"");
    msp_text_add(out, " viewBox=\"0 0 ");
    svg_number(out, frame->width);
    msp_text_add_char(out, ' ');
    svg_number(out, height);
    msp_text_add_char(out, '"');
    if (frame->standalone) { /* the natural size, for viewers that have no page around it */
        attribute(out, "width", frame->width);
        attribute(out, "height", height);
    }
    msp_text_printf(out, " role=\"img\" aria-labelledby=\"%s-t %s-d\">\n<title id=\"%s-t\">",
                    frame->id, frame->id, frame->id);
    msp_text_add_html(out, frame->title);
    msp_text_printf(out, "</title>\n<desc id=\"%s-d\">", frame->id);
    msp_text_add_html(out, frame->description);
    msp_text_add(out, "</desc>\n");
    if (frame->standalone) {
        msp_text_add(out, "<style>");
        msp_text_add(out, style_sheet);
        msp_text_add(out, "</style>\n");
    }
    svg_rect(out, "bg", 0, 0, frame->width, height);
    return MSP_OK;
}

void svg_close(msp_text *out)
{
    msp_text_add(out, "</svg>\n");
}

void svg_line(msp_text *out, const char *class_name, double x1, double y1, double x2, double y2)
{
    msp_text_printf(out, "<line class=\"%s\"", class_name);
    attribute(out, "x1", x1);
    attribute(out, "y1", y1);
    attribute(out, "x2", x2);
    attribute(out, "y2", y2);
    msp_text_add(out, "/>\n");
}

void svg_rect(msp_text *out, const char *class_name, double x, double y, double w, double h)
{
    msp_text_printf(out, "<rect class=\"%s\"", class_name);
    attribute(out, "x", x);
    attribute(out, "y", y);
    attribute(out, "width", w);
    attribute(out, "height", h);
    msp_text_add(out, "/>\n");
}

static void text_begin(msp_text *out, const char *class_name, svg_anchor anchor, double x, double y)
{
    msp_text_add(out, "<text");
    if (*class_name != '\0')
        msp_text_printf(out, " class=\"%s\"", class_name);
    if (anchor != SVG_START)
        msp_text_printf(out, " text-anchor=\"%s\"", anchor == SVG_END ? "end" : "middle");
    attribute(out, "x", x);
    attribute(out, "y", y);
    msp_text_add_char(out, '>');
}

void svg_text(msp_text *out, const char *class_name, svg_anchor anchor, double x, double y,
              const char *s)
{
    if (*s == '\0')
        return;
    text_begin(out, class_name, anchor, x, y);
    msp_text_add_html(out, s);
    msp_text_add(out, "</text>\n");
}

static void add_part(msp_text *out, const char *s, size_t len)
{
    msp_text part = {0};
    msp_text_add_n(&part, s, len);
    msp_text_add_html(out, msp_text_str(&part));
    out->failed |= part.failed;
    msp_text_free(&part);
}

void svg_text_in(msp_text *out, const char *class_name, svg_anchor anchor, double x, double y,
                 const char *s, double width, double size, bool bold)
{
    figure_line line;
    if (figure_text_wrap(s, width, size, bold, 1, &line) == 0)
        return;
    if (!line.cut && s[line.len] == '\0') {
        svg_text(out, class_name, anchor, x, y, s);
        return;
    }
    text_begin(out, class_name, anchor, x, y);
    msp_text_add(out, "<title>");
    msp_text_add_html(out, s);
    msp_text_add(out, "</title>");
    add_part(out, line.s, line.len);
    msp_text_add(out, "\xe2\x80\xa6</text>\n");
}

size_t svg_text_lines(msp_text *out, const char *class_name, double x, double y, const char *s,
                      double width, double size, bool bold, size_t max)
{
    figure_line lines[8];
    const size_t n = figure_text_wrap(s, width, size, bold, max < 8 ? max : 8, lines);
    for (size_t i = 0; i < n; i++) {
        text_begin(out, class_name, SVG_START, x, y + (double)i * (size + 3));
        if (lines[i].cut) {
            msp_text_add(out, "<title>");
            msp_text_add_html(out, s);
            msp_text_add(out, "</title>");
        }
        add_part(out, lines[i].s, lines[i].len);
        msp_text_add(out, lines[i].cut ? "\xe2\x80\xa6</text>\n" : "</text>\n");
    }
    return n;
}

void svg_path_begin(msp_text *out, const char *class_name)
{
    msp_text_printf(out, "<path class=\"%s\" d=\"", class_name);
}

void svg_path_move(msp_text *out, char command, double x, double y)
{
    msp_text_add_char(out, command);
    svg_number(out, x);
    msp_text_add_char(out, ' ');
    svg_number(out, y);
}

void svg_path_step(msp_text *out, char command, double at)
{
    msp_text_add_char(out, command);
    svg_number(out, at);
}

void svg_path_end(msp_text *out)
{
    msp_text_add(out, "\"/>\n");
}
