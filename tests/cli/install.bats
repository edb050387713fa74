# What `make install` puts in place is enough to build a program with.

setup_file() {
    if grep -qE '^MSP_(SANITIZE:STRING=.|COVERAGE:BOOL=ON)' "${MSPIKE%/*}/CMakeCache.txt"; then
        return
    fi
    export ROOT=$BATS_FILE_TMPDIR/root
    DESTDIR=$ROOT cmake --install "${MSPIKE%/*}" --prefix /opt/mspike >/dev/null
    PKG_CONFIG_PATH=$(dirname "$(find "$ROOT" -name mspike.pc)")
    export PKG_CONFIG_PATH
}

setup() {
    [ -n "${ROOT:-}" ] || skip "a build with sanitizers or coverage is not for installing"
}

installed() { # a pattern of a path below the prefix
    compgen -G "$ROOT/opt/mspike/$1" >/dev/null
}

@test "install: the command, libraries, headers, pages, completion and examples are there" {
    for path in bin/mspike 'lib*/libmspike.a' 'lib*/libmspike.so' include/mspike/base.h \
        share/man/man1/mspike.1 share/man/man1/mspike-doctor.1 \
        share/bash-completion/completions/mspike share/mspike/examples/pfs.csv \
        share/mspike/protocols; do
        echo "$path"
        installed "$path" || installed "${path/'*/'/'*/*/'}"
    done
    "$ROOT/opt/mspike/bin/mspike" --version
}

@test "install: a program builds against the installed library, shared and static" {
    cat >"$BATS_TEST_TMPDIR/p.c" <<'END'
#include <mspike/base.h>
#include <stdio.h>
int main(void)
{
    char text[MSP_DATE_MAX];
    msp_day_format(msp_day_from_civil(2020, 2, 29) + 1, text);
    return puts(text) < 0;
}
END
    cd "$BATS_TEST_TMPDIR"
    # shellcheck disable=SC2046
    cc p.c -o shared $(pkg-config --cflags --libs mspike)
    run env LD_LIBRARY_PATH="$(dirname "$(find "$ROOT" -name libmspike.so)")" ./shared
    [ "$output" = 2020-03-01 ]
    # The library's own archive; what it needs from the system, as pkg-config lists it.
    # shellcheck disable=SC2046
    cc p.c -o static $(pkg-config --cflags mspike) "$(find "$ROOT" -name libmspike.a)" \
        $(pkg-config --libs --static mspike | sed 's/-lmspike//')
    run ./static
    [ "$output" = 2020-03-01 ]
}

@test "install: nothing but the library's own names is exported" {
    command -v nm >/dev/null || skip "nm is not installed"
    run nm -D --defined-only --format=posix "$(find "$ROOT" -name libmspike.so)"
    [ "$status" -eq 0 ]
    ! grep -v '^msp_' <<<"$output"
}

@test "install: two builds of the manual pages are the same, and SOURCE_DATE_EPOCH dates them" {
    tools/make-manuals "$MSPIKE" "$BATS_TEST_TMPDIR/a" "March 1, 2020"
    tools/make-manuals "$MSPIKE" "$BATS_TEST_TMPDIR/b" "March 1, 2020"
    diff -r "$BATS_TEST_TMPDIR/a" "$BATS_TEST_TMPDIR/b"
    grep -q '^.Dd March 1, 2020$' "$BATS_TEST_TMPDIR/a/mspike.1"
}
