// SPDX-License-Identifier: Apache-2.0
package dev.jitney.redactor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.spi.Masker;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class CorpusTest {

    private static final Pattern SECRET = Pattern.compile("«([^»]*)»");
    private static final Pattern TOKEN =
            Pattern.compile("\\[REDACTED\\]:\\[REDACTED\\]|\\[REDACTED[A-Z0-9_]*\\]");

    private final Masker redactor = Corpus.redactor(Map.of());

    private static String plain(String row) {
        String text = row.replace("«", "").replace("»", "");
        return text.startsWith("json:") ? text.substring(5) : text;
    }

    private static String outside(String row) {
        return plain(SECRET.matcher(row).replaceAll(""));
    }

    private String mask(String row) {
        String text = plain(row);
        return row.startsWith("json:") ? redactor.maskJson(text) : redactor.mask(text);
    }

    /** Says whether every character of the part stands in the whole, in this order. */
    private static boolean isWithin(String part, String whole) {
        int at = 0;
        for (int i = 0; i < whole.length() && at < part.length(); i++) {
            at += whole.charAt(i) == part.charAt(at) ? 1 : 0;
        }
        return at == part.length();
    }

    @Test
    @DisplayName("RED-1 no character of a secret is left in the leak corpus")
    void nothingLeaks() {
        List<String> leaking = new ArrayList<>();
        for (String row : Corpus.leaks()) {
            String masked = mask(row);
            // Quotes aside: a number in JSON becomes a string.
            String left = TOKEN.matcher(masked).replaceAll("").replace("\"", "");
            boolean leaks = !TOKEN.matcher(masked).find() || !isWithin(left, outside(row));
            Matcher secret = SECRET.matcher(row);
            while (secret.find()) {
                String text = secret.group(1);
                for (int i = 0; i + 4 <= text.length(); i++) {
                    String piece = text.substring(i, i + 4);
                    leaks |= left.contains(piece) && !outside(row).contains(piece);
                }
            }
            if (leaks) {
                leaking.add(row + "\n      gives " + masked);
            }
        }
        assertThat(leaking).isEmpty();
        assertThat(Corpus.leaks()).hasSizeGreaterThan(120).doesNotHaveDuplicates();
    }

    @Test
    @DisplayName("RED-1 not a character of the clean corpus is changed")
    void nothingElseIsMasked() {
        List<String> changed = new ArrayList<>();
        for (String row : Corpus.clean()) {
            String masked = Corpus.mask(redactor, row);
            if (!masked.equals(row) || !redactor.mask(row).equals(row)) {
                changed.add(row + "\n      gives " + masked + "\n      or " + redactor.mask(row));
            }
        }
        assertThat(changed).isEmpty();
        assertThat(Corpus.clean()).hasSizeGreaterThan(120).doesNotHaveDuplicates();
    }

    @Test
    @DisplayName("RED-1 masking twice changes no more than masking once")
    void isIdempotent() {
        for (String row : Corpus.leaks()) {
            String once = mask(row);
            boolean json = row.startsWith("json:");
            assertThat(json ? redactor.maskJson(once) : redactor.mask(once)).isEqualTo(once);
        }
    }

    @Test
    @DisplayName("RED-1 a secret is found wherever it stands: alone, in JSON, behind other letters")
    void isFoundAnywhere() {
        for (String row : Corpus.leaks()) {
            if (row.startsWith("json:") || row.contains("\\")) {
                continue;
            }
            String alone = redactor.mask(plain(row));
            String framed = redactor.mask("日本 " + plain(row) + "\n");
            assertThat(framed).isEqualTo("日本 " + alone + "\n");
            String json = "{\"a\":\"" + JsonStrings.escape(plain(row)) + "\"}";
            assertThat(redactor.maskJson(json))
                    .isEqualTo("{\"a\":\"" + JsonStrings.escape(alone) + "\"}");
        }
    }

    @Test
    @DisplayName("RED-1 knows at least 26 kinds, and the corpus has each of them")
    void knowsManyKinds() {
        assertThat(Kind.values()).hasSizeGreaterThanOrEqualTo(26);
        String all = String.join(" ", Corpus.leaks().stream().map(this::mask).toList());
        for (Kind kind : Kind.values()) {
            assertThat(all).contains(kind.token());
        }
    }
}
