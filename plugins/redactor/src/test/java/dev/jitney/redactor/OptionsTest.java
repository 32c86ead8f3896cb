// SPDX-License-Identifier: Apache-2.0
package dev.jitney.redactor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jitney.spi.ConfigException;
import dev.jitney.spi.Masker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class OptionsTest {

    private static final String MIXED = "jane@example.com at 10.0.0.1, password=hunter2";

    @Test
    @DisplayName("RED-1 masks by kind, with a token that says which")
    void masksEveryKind() {
        assertThat(Corpus.redactor(Map.of()).mask(MIXED))
                .isEqualTo("[REDACTED_EMAIL] at [REDACTED_IP], password=[REDACTED]");
    }

    @Test
    @DisplayName("RED-1 some kinds alone, or all but some, or names alone")
    void kindsCanBeChosen() {
        assertThat(Corpus.redactor(Map.of("kinds", "ipv4, Email")).mask(MIXED))
                .isEqualTo("[REDACTED_EMAIL] at [REDACTED_IP], password=hunter2");
        assertThat(Corpus.redactor(Map.of("without", "ipv4,ipv6")).mask(MIXED))
                .isEqualTo("[REDACTED_EMAIL] at 10.0.0.1, password=[REDACTED]");
        Masker names = Corpus.redactor(Map.of("kinds", "none"));
        assertThat(names.mask(MIXED)).isEqualTo(MIXED);
        assertThat(names.maskValue("token", "x")).isEqualTo("[REDACTED]");
    }

    @Test
    @DisplayName("RED-1 own names of secrets, and names that are none")
    void namesCanBeAdded() {
        Masker redactor =
                Corpus.redactor(Map.of("keys", "badge-id, salary", "plain-keys", "address,token"));
        assertThat(redactor.maskJson("{\"badgeId\":7,\"address\":\"x\",\"salary\":[1],\"pin\":1}"))
                .isEqualTo(
                        "{\"badgeId\":\"[REDACTED]\",\"address\":\"x\",\"salary\":\"[REDACTED]\",\"pin\":\"[REDACTED]\"}");
        assertThat(redactor.mask("badge_id=77 token=88")).isEqualTo("badge_id=[REDACTED] token=88");
        Masker own = Corpus.redactor(Map.of("default-keys", "false", "keys", "salary"));
        assertThat(own.maskJson("{\"password\":\"x\",\"Salary\":1}"))
                .isEqualTo("{\"password\":\"x\",\"Salary\":\"[REDACTED]\"}");
    }

    @Test
    @DisplayName("RED-1 names of secrets may be of any length")
    void namesMayBeLong() {
        String known = "customer_".repeat(8) + "password";
        String own = "k".repeat(300);
        String plain = "customer_".repeat(8) + "token";
        Masker redactor = Corpus.redactor(Map.of("keys", own, "plain-keys", plain));
        assertThat(redactor.maskValue(known, "sesame")).isEqualTo("[REDACTED]");
        assertThat(redactor.maskJson("{\"%s\":1,\"%s\":2,\"%s\":3}".formatted(known, own, plain)))
                .isEqualTo(
                        "{\"%s\":\"[REDACTED]\",\"%s\":\"[REDACTED]\",\"%s\":3}"
                                .formatted(known, own, plain));
    }

    @Test
    @DisplayName("RED-1 kinds that name nothing are no kinds: nothing would be masked by its form")
    void emptyKindsAreRefused() {
        for (String kinds : List.of("", " ", ",")) {
            assertThatThrownBy(() -> Corpus.redactor(Map.of("kinds", kinds)))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("'kinds' names nothing, expected all, none, or some of");
        }
    }

    @Test
    @DisplayName("RED-1 own rules, in texts and in JSON")
    void ownRules() {
        Masker redactor =
                Corpus.redactor(
                        Map.of("rules", "employee=EMP-\\d{6}; case-no = C[A-Z]{2,3}/[0-9]+"));
        assertThat(redactor.mask("EMP-123456 XEMP-123456 EMP-1234567 (CXY/1)"))
                .isEqualTo("[REDACTED_EMPLOYEE] XEMP-123456 EMP-1234567 ([REDACTED_CASE_NO])");
        assertThat(redactor.maskJson("{\"a\":[\"EMP-000000\",\"x\\ny\"]}"))
                .isEqualTo("{\"a\":[\"[REDACTED_EMPLOYEE]\",\"x\\ny\"]}");
    }

    @Test
    @DisplayName("RED-1 all problems of its configuration come at once")
    void allProblemsAtOnce() {
        Map<String, String> config =
                Map.of(
                        "kinds",
                        "email,phones",
                        "default-keys",
                        "maybe",
                        "rules",
                        "x;A=b;back=(a+)+;long=[a-z]{200}[0-9]{100};all=\\w+",
                        "key",
                        "a");
        String known = Stream.of(Kind.values()).map(Kind::option).collect(Collectors.joining(", "));
        assertThatThrownBy(() -> Corpus.redactor(config))
                .isInstanceOf(ConfigException.class)
                .hasMessage(
                        "Configuration of masker 'redactor' has 8 problems: 'kinds' names 'phones', expected all, none, or some of "
                                + known
                                + "; 'default-keys' is 'maybe', expected true or false"
                                + "; 'rules' has 'x', expected NAME=PATTERN"
                                + "; 'rules' names a rule 'A', expected a name of a-z, 0-9 and '-'"
                                + "; 'rules' has a pattern for 'back' that is not understood from position 0 on, expected characters and classes such as [A-Z0-9] or \\d, each perhaps with {n}, {n,m}, +, * or ?"
                                + "; 'rules' has a pattern for 'long' that matches up to 300 characters, expected 256 at the most"
                                + "; 'rules' has a pattern for 'all' that matches nothing, or its own '[REDACTED_ALL]': expected one that begins with what is special about it"
                                + "; 'key' is not a known key, did you mean 'keys'?");
    }

    @Test
    @DisplayName("RED-1 a name that is signs alone is refused: it would stand for all of these")
    void namesOfSignsAlone() {
        for (String key : List.of("keys", "plain-keys")) {
            assertThatThrownBy(() -> Corpus.redactor(Map.of(key, "badge, --")))
                    .isInstanceOf(ConfigException.class)
                    .hasMessage(
                            "Configuration of masker 'redactor' has a problem: '"
                                    + key
                                    + "' names '--', expected a name with a letter or a digit.");
        }
    }

    @Test
    @DisplayName("RED-1 a range that runs backward is named, and nothing else of the pattern")
    void rangeBackward() {
        for (String pattern : List.of("[z-a]", "EMP-[0-9]{6}[z-a]+", "[A-z--+]")) {
            String bad = pattern.contains("z-a") ? "[z-a]" : pattern;
            assertThatThrownBy(() -> Corpus.redactor(Map.of("rules", "a=" + pattern)))
                    .isInstanceOf(ConfigException.class)
                    .hasMessage(
                            "Configuration of masker 'redactor' has a problem: 'rules' has a pattern for 'a' with "
                                    + bad
                                    + ", whose range runs backward, expected one such as [a-z].");
        }
    }

    @Test
    @DisplayName("RED-1 a repetition that runs backward is named as well")
    void repetitionBackward() {
        assertThatThrownBy(() -> Corpus.redactor(Map.of("rules", "a=EMP-[0-9]{5,2}x")))
                .isInstanceOf(ConfigException.class)
                .hasMessage(
                        "Configuration of masker 'redactor' has a problem: 'rules' has a pattern for 'a' with {5,2}, whose range runs backward, expected one such as {2,5}.");
    }

    @Test
    @DisplayName("RED-1 the README lists every option and every kind")
    void theReadmeListsEveryOption() throws IOException {
        String readme = Files.readString(Path.of("README.md"));
        assertThatThrownBy(() -> Corpus.redactor(Map.of("zzzzzz", "")))
                .hasMessageEndingWith("'zzzzzz' is not a known key, expected " + OPTIONS + ".");
        for (String option : List.of(OPTIONS.split(", | or "))) {
            assertThat(readme).contains("| `" + option + "` |");
        }
        for (Kind kind : Kind.values()) {
            assertThat(readme).contains("`" + kind.option() + "`");
        }
    }

    private static final String OPTIONS = "default-keys, keys, kinds, plain-keys, rules or without";
}
