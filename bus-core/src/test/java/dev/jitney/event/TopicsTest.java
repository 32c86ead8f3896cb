// SPDX-License-Identifier: Apache-2.0
package dev.jitney.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TopicsTest {

    private static final String RULE =
            "Use letters, digits, '_' and '-', in segments joined by dots, for example"
                    + " orders.placed.";

    @ParameterizedTest
    @ValueSource(strings = {"a", "user.login", "A-1_b.C.9", "_", "-.-"})
    @DisplayName("TOP-1 a topic is segments of letters, digits, '_' and '-'")
    void takesTopics(String topic) {
        assertThat(Topics.isValidTopic(topic)).isTrue();
        assertThat(Topics.check(topic)).isSameAs(topic);
    }

    @Test
    @DisplayName("TOP-1 at most 255 characters")
    void limitsTheLength() {
        assertThat(Topics.isValidTopic("x".repeat(255))).isTrue();
        refused(
                "x".repeat(256),
                "Topic '"
                        + "x".repeat(32)
                        + "…' is not valid: it has 256 characters."
                        + " At most 255 are allowed.");
    }

    @Test
    @DisplayName("TOP-1 anything else is refused with position and reason")
    void refusesWithPositionAndReason() {
        refused("", "Topic '' is not valid: it is empty. " + RULE);
        refused("Orders/Placed", "Topic 'Orders/Placed' is not valid: '/' at position 6. " + RULE);
        refused(".a", "Topic '.a' is not valid: empty segment at position 0.");
        refused("a.", "Topic 'a.' is not valid: empty segment at position 2.");
        refused("a..b", "Topic 'a..b' is not valid: empty segment at position 2.");
        refused("..", "Topic '..' is not valid: empty segment at position 0.");
        refused("a b", "Topic 'a b' is not valid: ' ' at position 1. " + RULE);
        refused("a.*", "Topic 'a.*' is not valid: '*' at position 2. " + RULE);
        refused("ä", "Topic 'ä' is not valid: 'ä' at position 0. " + RULE);
        refused(
                "a\u001b[31m",
                "Topic 'a\\u001b[31m' is not valid: '\\u001b' at position 1. " + RULE);
        refused("a\n", "Topic 'a\\u000a' is not valid: '\\u000a' at position 1. " + RULE);
        refused(
                "\ud83d\ude00",
                "Topic '\\ud83d\\ude00' is not valid: '\\ud83d\\ude00' at position 0. " + RULE);
    }

    private static void refused(String topic, String message) {
        assertThat(Topics.isValidTopic(topic)).isFalse();
        assertThatThrownBy(() -> Topics.check(topic))
                .isInstanceOf(InvalidTopicException.class)
                .hasMessage(message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a*", "*a.b", "**", "a.b*", "*.*a"})
    @DisplayName("TOP-2 a star is a whole segment")
    void starsAreSegments(String pattern) {
        int at = pattern.lastIndexOf('*', pattern.indexOf('*'));
        assertThatThrownBy(() -> TopicPattern.parse(pattern))
                .isInstanceOf(InvalidTopicException.class)
                .hasMessageMatching(
                        Pattern.quote("Pattern '" + pattern + "' is not valid: '*' at position ")
                                + "\\d+ must be a whole segment\\.");
        assertThat(at).isNotNegative();
    }

    @ParameterizedTest
    @CsvSource({
        "*, a, true",
        "*, a.b.c, true",
        "chat.*, chat.message, true",
        "chat.*, chat.message.sent, true",
        "chat.*, chat, false",
        "chat.*, chats.x, false",
        "*.error, chat.error, true",
        "*.error, a.b.error, false",
        "*.error, error, false",
        "a.*.c, a.b.c, true",
        "a.*.c, a.b.b.c, false",
        "a.*.*, a.b, false",
        "a.*.*, a.b.c.d, true",
        "*.*, a, false",
        "a.b, a.b, true",
        "a.b, a.b.c, false",
        "a.b, a.B, false",
    })
    @DisplayName("TOP-2 a star stands for one segment, at the end for one or more")
    void matches(String pattern, String topic, boolean expected) {
        assertThat(TopicPattern.parse(pattern).matches(topic)).isEqualTo(expected);
    }

    @Test
    @DisplayName("TOP-2 agrees with the rule written as a regular expression")
    void agreesWithTheRule() {
        Random random = new Random(1);
        for (int i = 0; i < 20_000; i++) {
            String pattern = words(random, "a", "b", "*");
            String topic = words(random, "a", "b", "ab");
            String[] segments = pattern.split("\\.");
            StringBuilder rule = new StringBuilder();
            for (int s = 0; s < segments.length; s++) {
                boolean last = s == segments.length - 1;
                rule.append(s == 0 ? "" : "\\.");
                rule.append(segments[s].equals("*") ? last ? ".+" : "[^.]+" : segments[s]);
            }
            assertThat(TopicPattern.parse(pattern).matches(topic))
                    .as("%s on %s", pattern, topic)
                    .isEqualTo(topic.matches(rule.toString()));
        }
    }

    private static String words(Random random, String... words) {
        return Stream.generate(() -> words[random.nextInt(words.length)])
                .limit(1 + random.nextInt(4))
                .collect(Collectors.joining("."));
    }

    @Test
    @DisplayName("TOP-2 a topic taken apart")
    void takesTopicsApart() {
        assertThat(Topics.domainOf("a.b.c")).isEqualTo("a");
        assertThat(Topics.actionOf("a.b.c")).isEqualTo("b.c");
        assertThat(Topics.domainOf("a")).isEqualTo("a");
        assertThat(Topics.actionOf("a")).isEmpty();
    }

    @Test
    @DisplayName("TOP-2 patterns know what they are")
    void patternsKnowWhatTheyAre() {
        assertThat(TopicPattern.parse("*")).isSameAs(TopicPattern.ALL);
        assertThat(TopicPattern.ALL.matchesAll()).isTrue();
        assertThat(TopicPattern.parse("a.b").exact()).isTrue();
        assertThat(TopicPattern.parse("a.*").exact()).isFalse();
        assertThat(TopicPattern.parse("a.*"))
                .isEqualTo(TopicPattern.parse("a.*"))
                .hasToString("a.*");
    }

    @Test
    @DisplayName("TOP-3 matching is by topic: a subclass's payload has its own topic or none")
    void topicsAreNotInherited() {
        @Topic("base.topic")
        class Base {}
        class Derived extends Base {}

        assertThat(Event.of(new Base()).topic()).isEqualTo("base.topic");
        assertThatThrownBy(() -> Event.of(new Derived())).isInstanceOf(InvalidTopicException.class);
    }

    @Test
    @DisplayName("TOP-1 the topics of a bus itself are those below system")
    void systemTopics() {
        assertThat(Topics.isSystem("system.handler_error")).isTrue();
        assertThat(Topics.isSystem("system")).isFalse();
        assertThat(Topics.isSystem("systems.up")).isFalse();
        assertThat(Topics.isSystem("my.system.up")).isFalse();
    }
}
