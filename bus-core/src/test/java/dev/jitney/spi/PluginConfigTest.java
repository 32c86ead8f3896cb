// SPDX-License-Identifier: Apache-2.0
package dev.jitney.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.jitney.event.TopicPattern;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PluginConfigTest {

    private static final PluginContext CONTEXT =
            new PluginContext() {
                @Override
                public EventFormat eventFormat() {
                    throw new AssertionError("a configuration needs no event format");
                }

                @Override
                public InstantSource clock() {
                    return InstantSource.system();
                }
            };

    private enum Overflow {
        SUSPEND,
        DROP_OLDEST,
        FAIL
    }

    @Test
    void givesDefaultsForKeysThatAreNotSet() {
        PluginConfig config = config();
        assertThat(config.string("a")).isNull();
        assertThat(config.string("b", "x")).isEqualTo("x");
        assertThat(config.bool("c", true)).isTrue();
        assertThat(config.number("d", 7, 0, 9)).isEqualTo(7);
        assertThat(config.bytes("e", 8, 0, 9)).isEqualTo(8);
        assertThat(config.duration("f", Duration.ofDays(1))).isEqualTo(Duration.ofDays(1));
        assertThat(config.path("g")).isNull();
        assertThat(config.choice("h", Overflow.FAIL)).isEqualTo(Overflow.FAIL);
        assertThat(config.secret("i")).isNull();
        assertThat(config.topics("j")).containsExactly(TopicPattern.ALL);
        assertThat(config.context()).isSameAs(CONTEXT);
        config.check();
    }

    @Test
    void readsTopicPatternsEachOnce() {
        PluginConfig config =
                PluginConfig.of("x", Map.of("t", "b.c, a.*,b.c", "bad", "a..b,*,"), CONTEXT);
        assertThat(config.topics("t"))
                .containsExactly(TopicPattern.parse("b.c"), TopicPattern.parse("a.*"));
        config.topics("bad");
        assertThatThrownBy(config::check)
                .hasMessage(
                        "Configuration of x has 2 problems: 'bad' holds 'a..b', expected topic"
                                + " patterns such as order.*,user.*; 'bad' holds '', expected topic"
                                + " patterns such as order.*,user.*.");
    }

    @Test
    void readsValuesOfEveryType() {
        PluginConfig config =
                PluginConfig.of(
                        "store 'file'",
                        Map.of(
                                "a", " text ",
                                "c", "false",
                                "d", " -3 ",
                                "g", "some/where",
                                "h", "drop-oldest",
                                "i", "hunter2"),
                        CONTEXT);
        assertThat(config.required("a")).isEqualTo(" text ");
        assertThat(config.bool("c", true)).isFalse();
        assertThat(config.number("d", 0, -3, 3)).isEqualTo(-3);
        assertThat(config.path("g")).isEqualTo(Path.of("some", "where"));
        assertThat(config.choice("h", Overflow.FAIL)).isEqualTo(Overflow.DROP_OLDEST);
        assertThat(config.requiredSecret("i").reveal()).isEqualTo("hunter2");
        config.check();
    }

    @ParameterizedTest
    @CsvSource({
        "0,0",
        "512,512",
        "64k,65536",
        "10m,10485760",
        "1g,1073741824",
        "8589934591g,9223372035781033984",
        "999999999999999999,999999999999999999"
    })
    void readsSizes(String text, long bytes) {
        assertThat(config("size", text).bytes("size", -1, 0, Long.MAX_VALUE)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @CsvSource({
        "250ms,PT0.25S",
        "15s,PT15S",
        "5m,PT5M",
        "2h,PT2H",
        "7d,P7D",
        "2w,P14D",
        "0,PT0S",
        "0s,PT0S"
    })
    void readsSpansOfTime(String text, Duration span) {
        assertThat(config("wait", text).duration("wait", Duration.ofDays(99))).isEqualTo(span);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "k",
                "1.5m",
                "-1",
                "1t",
                "1K",
                "1 k",
                "8589934592g",
                "99999999999999999999"
            })
    void refusesWhatIsNoSize(String text) {
        PluginConfig config = config("size", text);
        assertThat(config.bytes("size", 4096, 1024, 1L << 30)).isEqualTo(4096);
        assertThatThrownBy(config::check)
                .hasMessage(
                        "Configuration of store 'postgres' has a problem: 'size' is '"
                                + text
                                + "', expected a size from 1k to 1g, such as 64k or 10m.");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "5", "s", "1.5s", "-1s", "1y", "5 s", "36501d", "999999999999999999w"})
    void refusesWhatIsNoSpanOfTime(String text) {
        PluginConfig config = config("wait", text);
        config.duration("wait", Duration.ZERO);
        assertThatThrownBy(config::check)
                .hasMessage(
                        "Configuration of store 'postgres' has a problem: 'wait' is '"
                                + text
                                + "', expected a span of time from 0ms to 36500d, such as 250ms,"
                                + " 15s or 7d.");
    }

    @Test
    void namesTheRangeOfASpanInTheUnitsThatArePlainest() {
        PluginConfig config = config("wait", "1ms", "idle", "3d", "turn", "0");
        config.duration("wait", Duration.ZERO, Duration.ofMillis(1500), Duration.ofSeconds(90));
        config.duration("idle", Duration.ZERO, Duration.ofMinutes(2), Duration.ofHours(36));
        config.duration("turn", Duration.ZERO, Duration.ofSeconds(1), Duration.ofDays(2));
        assertThat(problemsOf(config))
                .containsExactly(
                        "'wait' is '1ms', expected a span of time from 1500ms to 90s, such as"
                                + " 250ms, 15s or 7d",
                        "'idle' is '3d', expected a span of time from 2m to 36h, such as 250ms,"
                                + " 15s or 7d",
                        "'turn' is '0', expected a span of time from 1s to 2d, such as 250ms,"
                                + " 15s or 7d");
    }

    @Test
    void tellsAllProblemsAtOnce() {
        PluginConfig config = config("pool", "0", "tiemout", "5s");
        assertThat(config.required("url")).isEmpty();
        assertThat(config.number("pool", 10, 1, 1000)).isEqualTo(10);
        config.duration("timeout", Duration.ofSeconds(5));
        assertThatThrownBy(config::check)
                .isInstanceOf(ConfigException.class)
                .hasMessage(
                        "Configuration of store 'postgres' has 3 problems: 'url' is missing;"
                                + " 'pool' is 0, expected 1 to 1000; 'tiemout' is not a known key,"
                                + " did you mean 'timeout'?");
    }

    @Test
    void saysWhatEachTypeExpects() {
        PluginConfig config =
                config("a", "yes", "b", "many", "c", "oldest", "d", "x\0y", "e", " ", "f", "");
        assertThat(config.bool("a", true)).isTrue();
        assertThat(config.number("b", 3, 1, 9)).isEqualTo(3);
        assertThat(config.choice("c", Overflow.FAIL)).isEqualTo(Overflow.FAIL);
        assertThat(config.path("d")).isNull();
        assertThat(config.required("e")).isEmpty();
        assertThat(config.requiredSecret("f").reveal()).isEmpty();
        config.problem("'a' and 'b' exclude each other");
        assertThat(problemsOf(config))
                .containsExactly(
                        "'a' is 'yes', expected true or false",
                        "'b' is 'many', expected a whole number from 1 to 9",
                        "'c' is 'oldest', expected suspend, drop-oldest or fail",
                        "'d' is not a path, Nul character not allowed",
                        "'e' is empty",
                        "'f' is empty",
                        "'a' and 'b' exclude each other");
    }

    @Test
    void listsTheKnownKeysWhenNoneIsNear() {
        PluginConfig config = config("colour", "red");
        config.string("url");
        config.string("pool");
        config.string("timeout");
        assertThat(problemsOf(config))
                .containsExactly("'colour' is not a known key, expected pool, timeout or url");
        assertThat(problemsOf(config("colour", "red")))
                .containsExactly("'colour' is not a known key, expected none");
    }

    @Test
    void notesAProblemOnceHoweverOftenTheKeyIsRead() {
        PluginConfig config = config("pool", "0");
        config.number("pool", 1, 1, 2);
        config.number("pool", 1, 1, 2);
        assertThat(problemsOf(config)).containsExactly("'pool' is 0, expected 1 to 2");
        assertThat(problemsOf(config)).as("checked twice").hasSize(1);
    }

    @Test
    void neverShowsASecret() {
        PluginConfig config = config("password", "hunter2", "token", "");
        Secret secret = config.secret("password");
        config.requiredSecret("token");
        assertThat(secret).hasToString("***").isEqualTo(Secret.of("hunter2"));
        assertThat(secret)
                .isNotEqualTo(Secret.of("hunter3"))
                .hasSameHashCodeAs(Secret.of("hunter2"));
        assertThat(config)
                .hasToString("configuration of store 'postgres' with keys [password, token]");
        assertThatThrownBy(config::check)
                .hasMessage("Configuration of store 'postgres' has a problem: 'token' is empty.");
    }

    @Test
    void hidesTheSecretsThatWereReadFromWhatIsSaid() {
        PluginConfig config =
                config("password", "hunter2", "old", "hunter2-old", "pin", "123", "url", "secret");
        config.secret("password");
        config.requiredSecret("old");
        config.secret("pin");
        config.string("url");
        assertThat(config.hideSecrets("hunter2-old or hunter2, pin 123, no secret"))
                .as("the longest first, short ones and other texts not")
                .isEqualTo("*** or ***, pin 123, no secret");
        config.problem("'password' is 'hunter2', expected a better one");
        assertThatThrownBy(config::check)
                .hasMessage(
                        "Configuration of store 'postgres' has a problem: 'password' is '***',"
                                + " expected a better one.");
    }

    @Test
    void keepsItsProblemsThroughSerialization() throws Exception {
        ConfigException before = new ConfigException("store 'file'", List.of("one", "two"));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(before);
        }
        try (ObjectInputStream in =
                new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            ConfigException after = (ConfigException) in.readObject();
            assertThat(after.problems()).containsExactly("one", "two");
            assertThat(after).hasMessage("Configuration of store 'file' has 2 problems: one; two.");
        }
    }

    @Test
    void aConfigExceptionNeedsAProblem() {
        assertThatThrownBy(() -> new ConfigException("store 'file'", List.of()))
                .hasMessage("problems must hold 1 or more, but was empty");
    }

    private static List<String> problemsOf(PluginConfig config) {
        return catchThrowableOfType(ConfigException.class, config::check).problems();
    }

    private static PluginConfig config(String... keysAndValues) {
        Map<String, String> values = new java.util.HashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            values.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        return PluginConfig.of("store 'postgres'", values, CONTEXT);
    }
}
