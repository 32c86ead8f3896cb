// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.jitney.EventBus;
import dev.jitney.EventBusBuilder;
import dev.jitney.Publication;
import dev.jitney.event.Offset;
import dev.jitney.event.Outcome;
import dev.jitney.spi.ConfigException;
import dev.jitney.spi.EventStore;
import dev.jitney.spi.HandlerProvider;
import dev.jitney.spi.PluginException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a user meets who drops jars that are no good beside one that is: real jars, a real bus. */
class PluginTroubleTest {

    private static final String SOURCE =
            """
            package acme;
            import dev.jitney.event.Event;
            import dev.jitney.event.TopicPattern;
            import dev.jitney.spi.EventHandler;
            import dev.jitney.spi.HandlerProvider;
            import dev.jitney.spi.PluginConfig;
            import dev.jitney.spi.Secret;
            import java.util.List;
            public class %1$s implements HandlerProvider {
                %2$s
                public String name() { return "%3$s"; }
                public EventHandler create(PluginConfig config) {
                    %4$s
                    return new EventHandler() {
                        public String name() { return "%3$s"; }
                        public List<TopicPattern> patterns() { return List.of(TopicPattern.ALL); }
                        public void handle(Event event) { }
                    };
                }
            }
            """;

    @TempDir private Path scratch;
    private Path directory;

    @BeforeEach
    void makeDirectory() throws IOException {
        directory = Files.createDirectory(scratch.resolve("plugins"));
        pack("good.jar", "Good", "", "good", "config.check();");
    }

    private TestJars jar(String className, String members, String name, String create) {
        return new TestJars(scratch)
                .of(
                        HandlerProvider.class,
                        "acme." + className,
                        SOURCE.formatted(className, members, name, create));
    }

    private void pack(String jar, String className, String members, String name, String create) {
        jar(className, members, name, create).pack(directory.resolve(jar));
    }

    private EventBusBuilder builder() {
        return EventBus.builder("shop").pluginDirectories(List.of(directory)).discoverPlugins();
    }

    /** The one good plugin handles what is published, whatever else is there. */
    private static void theRestGoesOn(EventBus bus) throws Exception {
        Publication publication = bus.publish("order.placed", 1);
        assertThat(publication.join(Duration.ofSeconds(10))).isTrue();
        assertThat(publication.outcome()).isEqualTo(Outcome.HANDLED);
        assertThat(publication.handlerResults()).hasSize(1);
    }

    @Test
    @DisplayName("ERR-6 jars that are broken in every way are each named, and the rest goes on")
    void brokenJarsAreNamedAndTheRestGoesOn() throws Exception {
        Files.writeString(directory.resolve("a-text.jar"), "not a jar");
        pack(
                "b-broken.jar",
                "Broken",
                "public Broken() { throw new IllegalStateException(\"no\"); }",
                "broken",
                "");
        pack(
                "c-throws.jar",
                "Throws",
                "",
                "throws",
                "if (true) throw new IllegalStateException(\"not today\");");
        jar("Missing", "static class Driver { static void load() {} }", "missing", "Driver.load();")
                .without("acme/Missing$Driver.class")
                .pack(directory.resolve("d-missing.jar"));
        pack("e-needy.jar", "Needy", "", "needy", "config.required(\"url\"); config.check();");
        try (EventBus bus = builder().build()) {
            assertThat(bus.pluginProblems())
                    .containsExactlyInAnyOrder(
                            "Plugin jar 'a-text.jar' is left out: it is not a jar, or is damaged.",
                            "Handler of plugin jar 'b-broken.jar' is left out: Provider acme.Broken"
                                    + " could not be instantiated, java.lang.IllegalStateException:"
                                    + " no.",
                            "Handler 'throws' of acme.Throws (c-throws.jar) is left out:"
                                    + " java.lang.IllegalStateException: not today.",
                            "Handler 'missing' of acme.Missing (d-missing.jar) is left out. Handler"
                                    + " 'missing' of acme.Missing (d-missing.jar) cannot be loaded:"
                                    + " java.lang.NoClassDefFoundError: acme/Missing$Driver. A library"
                                    + " that it needs is missing, or has another version.",
                            "Handler 'needy' of acme.Needy (e-needy.jar) is left out. Configuration"
                                    + " of handler 'needy' has a problem: 'url' is missing.");
            theRestGoesOn(bus);
        }
    }

    @Test
    @DisplayName("ERR-6 who opens a store alone is told what was left out that may have been one")
    void toldWithAStore() throws Exception {
        Files.writeString(directory.resolve("a-text.jar"), "not a jar");
        pack("b-handler.jar", "Throws", "", "throws", "if (true) throw new RuntimeException();");
        EventBusBuilder builder = builder().store("memory:");
        List<String> told = new ArrayList<>();
        try (EventStore store = builder.openStore(told::add)) {
            assertThat(told)
                    .containsExactly(
                            "Plugin jar 'a-text.jar' is left out: it is not a jar, or is damaged.");
            assertThat(store.end()).isEqualTo(Offset.ZERO);
        }
        IllegalStateException unheard = new IllegalStateException("no");
        assertThatThrownBy(
                        () ->
                                builder.openStore(
                                        problem -> {
                                            throw unheard;
                                        }))
                .isSameAs(unheard);
    }

    @Test
    @DisplayName("ERR-6 two jars with one provider name fail the start, which names both")
    void twoJarsWithOneName() throws Exception {
        pack("one.jar", "One", "", "twin", "");
        pack("two.jar", "Two", "", "twin", "");
        assertThatThrownBy(() -> builder().build())
                .isInstanceOf(PluginException.class)
                .hasMessage(
                        "Two handlers are named 'twin': acme.One (one.jar) and acme.Two (two.jar)."
                                + " Remove one, or pass an instance to EventBusBuilder.handler.");
        Files.delete(directory.resolve("two.jar"));
        pack("one.jar", "One", "", "alone", "if (true) throw new RuntimeException();");
        try (EventBus bus = builder().build()) {
            assertThat(bus.pluginProblems()).hasSize(1);
            theRestGoesOn(bus);
        }
    }

    @Test
    @DisplayName("ERR-6 a plugin that is asked for by name and cannot be built fails the start")
    void askedForAndNotBuilt() {
        pack(
                "throws.jar",
                "Throws",
                "",
                "throws",
                "if (true) throw new IllegalStateException(\"not today\");");
        assertThatThrownBy(() -> asking("throws", Map.of()).build())
                .isInstanceOf(PluginException.class)
                .hasMessage(
                        "Handler 'throws' of acme.Throws (throws.jar) cannot be opened:"
                                + " java.lang.IllegalStateException: not today.");
    }

    private EventBusBuilder asking(String name, Map<String, String> config) {
        return builder().plugin(HandlerProvider.class, name, config);
    }

    private static final String READS =
            "config.number(\"pool\", 4, 1, 64); config.bool(\"tls\", true);"
                    + " config.duration(\"timeout\", java.time.Duration.ZERO);"
                    + " Secret password = config.requiredSecret(\"password\"); config.check(); ";

    @Test
    @DisplayName("ERR-6 an unknown key and values of the wrong type are all said at once")
    void unknownKeysAndWrongTypes() throws Exception {
        pack("db.jar", "Db", "", "db", READS);
        Map<String, String> config =
                Map.of("pool", "many", "tls", "yes", "timeuot", "5s", "timeout", "5");
        assertThatThrownBy(() -> asking("db", config).build())
                .isInstanceOf(ConfigException.class)
                .hasMessage(
                        "Configuration of handler 'db' has 5 problems: 'pool' is 'many', expected a"
                                + " whole number from 1 to 64; 'tls' is 'yes', expected true or"
                                + " false; 'timeout' is '5', expected a span of time from 0ms to"
                                + " 36500d, such as 250ms, 15s or 7d; 'password' is missing;"
                                + " 'timeuot' is not a known key, did you mean 'timeout'?");
        try (EventBus bus =
                asking("good", Map.of()).withoutPlugin(HandlerProvider.class, "db").build()) {
            theRestGoesOn(bus);
        }
    }

    @Test
    @DisplayName("ERR-6 a secret is in no error message, whoever says it, nor in a stack trace")
    void aSecretIsInNoMessage() {
        pack(
                "db.jar",
                "Db",
                "",
                "db",
                READS
                        + "if (true) throw new IllegalStateException(\"cannot reach db://me:\" +"
                        + " password.reveal() + \"@host\", new"
                        + " RuntimeException(password.reveal()));");
        Throwable failure =
                catchThrowable(() -> asking("db", Map.of("password", "hunter2")).build());
        assertThat(failure)
                .isInstanceOf(PluginException.class)
                .hasMessage(
                        "Handler 'db' of acme.Db (db.jar) cannot be opened:"
                                + " java.lang.IllegalStateException: cannot reach db://me:***@host.");
        StringWriter trace = new StringWriter();
        failure.printStackTrace(new PrintWriter(trace));
        assertThat(trace.toString())
                .doesNotContain("hunter2")
                .contains("acme.Db.create(")
                .contains("java.lang.RuntimeException: ***");
        pack(
                "db.jar",
                "Db",
                "",
                "db",
                "Secret password = config.secret(\"password\"); config.problem(\"'password' is '\" +"
                        + " password.reveal() + \"', expected a longer one\"); config.check();");
        assertThatThrownBy(() -> asking("db", Map.of("password", "hunter2")).build())
                .isInstanceOf(ConfigException.class)
                .hasMessage(
                        "Configuration of handler 'db' has a problem: 'password' is '***', expected"
                                + " a longer one.");
    }
}
