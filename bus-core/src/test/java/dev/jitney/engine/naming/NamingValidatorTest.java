// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.naming;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jitney.event.Event;
import dev.jitney.spi.ConfigException;
import dev.jitney.spi.EventValidator;
import dev.jitney.spi.PluginConfig;
import dev.jitney.spi.ValidationException;
import dev.jitney.spi.ValidationException.Problem;
import dev.jitney.tck.TckContext;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NamingValidatorTest {

    private static EventValidator validator(Map<String, String> config) {
        return new NamingValidatorProvider()
                .create(PluginConfig.of("validator 'naming'", config, new TckContext()));
    }

    private static List<Problem> problems(Map<String, String> config, Event event) {
        return validator(config).validate(event);
    }

    private static String refusal(Map<String, String> config, Event event) {
        List<Problem> problems = problems(config, event);
        return new ValidationException("naming", event, problems).getMessage();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "user.login",
                "chat.user_input",
                "api.request.received",
                "a.b",
                "user123.login456",
                "a_.b_",
            })
    @DisplayName("VAL-1 takes a topic of the form {domain}.{action}")
    void takesStrictTopics(String topic) {
        assertThat(problems(Map.of(), Event.of(topic, 1))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "login",
                "User.Login",
                "user.Login",
                "user-login",
                "user-x.login",
                "123.action",
                "a.1b",
                "a._b",
                "_a.b"
            })
    @DisplayName("VAL-1 refuses any other, though it is a topic")
    void refusesOtherTopics(String topic) {
        assertThat(refusal(Map.of(), Event.of(topic, 1)))
                .isEqualTo(
                        "Event '"
                                + topic
                                + "' is refused by 'naming': a topic must be {domain}.{action},"
                                + " segments of a-z, 0-9 and '_' that each begin with a letter, for"
                                + " example order.placed.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".login", "user.", "user..login", "."})
    @DisplayName("VAL-1 does not take what is no topic either")
    void doesNotTakeWhatIsNoTopic(String text) {
        assertThat(NamingValidator.isStrict(text)).isFalse();
    }

    @Test
    @DisplayName("VAL-1 takes only domains that are allowed, and the bus's own")
    void takesAllowedDomainsOnly() {
        Map<String, String> config = Map.of("domains", "user, chat");
        assertThat(problems(config, Event.of("user.login", 1))).isEmpty();
        assertThat(problems(config, Event.of("chat.a.b", 1))).isEmpty();
        assertThat(problems(config, Event.of("system.startup", 1))).isEmpty();
        assertThat(refusal(config, Event.of("order.placed", 1)))
                .isEqualTo(
                        "Event 'order.placed' is refused by 'naming': domain 'order' is not"
                                + " allowed, use chat, user.");
    }

    @Test
    @DisplayName("VAL-1 warns of topics below 'system' that are not the bus's own")
    void warnsOfReservedTopics() {
        Problem warning =
                Problem.of("topics below 'system' are reserved, use a domain of your own")
                        .asWarning();
        for (String topic : List.of("system.mine", "system.handler_error.x", "system.startup2")) {
            assertThat(problems(Map.of(), Event.of(topic, 1))).containsExactly(warning);
        }
        for (String topic :
                List.of(
                        "system.startup",
                        "system.shutdown",
                        "system.health",
                        "system.handler_error",
                        "system.slow_handler",
                        "system.deduplicated",
                        "system.invalid_transition",
                        "system.undecodable",
                        "systems.mine")) {
            assertThat(problems(Map.of(), Event.of(topic, 1))).as(topic).isEmpty();
        }
    }

    @Test
    @DisplayName("VAL-1 can ask for a source of the publisher's own")
    void asksForASource() {
        Map<String, String> config = Map.of("require-source", "true");
        Event event = Event.of("user.login", 1);
        String message =
                "Event 'user.login' is refused by 'naming': the source is missing, give one with"
                        + " withSource.";
        assertThat(refusal(config, event)).isEqualTo(message);
        assertThat(refusal(config, event.withSource(" "))).isEqualTo(message);
        assertThat(refusal(config, event.withSource("bus")))
                .as("the bus's name")
                .isEqualTo(message);
        assertThat(problems(config, event.withSource("shop"))).isEmpty();
        assertThat(problems(Map.of(), event)).as("not asked for").isEmpty();
    }

    @Test
    @DisplayName("VAL-1 can take a pattern of one's own in place of the rule")
    void takesAPatternOfOnesOwn() {
        Map<String, String> config = Map.of("pattern", "[A-Z][a-z]+\\.v[0-9]+");
        assertThat(problems(config, Event.of("Order.v2", 1))).isEmpty();
        assertThat(refusal(config, Event.of("xOrder.v2", 1)))
                .isEqualTo(
                        "Event 'xOrder.v2' is refused by 'naming': a topic must match"
                                + " '[A-Z][a-z]+\\.v[0-9]+'.");
    }

    @Test
    @DisplayName("VAL-1 finds all problems at once, and warns of them in mode warn")
    void findsAllProblemsAtOnce() {
        Event event = Event.of("Order", 1);
        Map<String, String> strict = Map.of("domains", "user", "require-source", "true");
        assertThat(refusal(strict, event))
                .isEqualTo(
                        "Event 'Order' is refused by 'naming' for 3 problems: a topic must be"
                                + " {domain}.{action}, segments of a-z, 0-9 and '_' that each begin"
                                + " with a letter, for example order.placed; domain 'Order' is not"
                                + " allowed, use user; the source is missing, give one with"
                                + " withSource.");
        Map<String, String> warn =
                Map.of("domains", "user", "require-source", "true", "mode", "warn");
        assertThat(problems(warn, event)).hasSize(3).allMatch(Problem::warning);
    }

    @Test
    @DisplayName("VAL-1 says all that is wrong with its configuration")
    void saysWhatIsWrongWithItsConfiguration() {
        Map<String, String> config =
                Map.of("mode", "lax", "domains", "user,,a.b", "pattern", "a(b", "domain", "x");
        assertThatThrownBy(() -> validator(config))
                .isInstanceOf(ConfigException.class)
                .hasMessage(
                        "Configuration of validator 'naming' has 5 problems: 'mode' is 'lax',"
                                + " expected strict or warn; 'domains' holds '', expected first"
                                + " segments of topics, such as user,order; 'domains' holds 'a.b',"
                                + " expected first segments of topics, such as user,order; 'pattern'"
                                + " is 'a(b', expected a regular expression: Unclosed group at"
                                + " position 3; 'domain' is not a known key, did you mean"
                                + " 'domains'?");
    }

    @Test
    @DisplayName("VAL-1 takes part only where it is asked for")
    void takesPartWhereItIsAskedFor() {
        assertThat(new NamingValidatorProvider().automatic()).isFalse();
    }
}
