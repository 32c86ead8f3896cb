// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.jitney.spi.ConfigException;
import dev.jitney.spi.EventStoreProvider;
import dev.jitney.spi.EventValidatorProvider;
import dev.jitney.spi.HandlerProvider;
import dev.jitney.spi.InterceptorProvider;
import dev.jitney.spi.MetricsBackend;
import dev.jitney.spi.MetricsBackendProvider;
import dev.jitney.spi.PluginException;
import dev.jitney.spi.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a bus does with plugins that fail, at the start and later. */
class BusPluginsFailuresTest {

    private static final Class<InterceptorProvider> INTERCEPTORS = InterceptorProvider.class;

    @TempDir private Path scratch;
    private PluginsBench bench;

    @BeforeEach
    void prepare() throws IOException {
        bench = new PluginsBench(scratch);
    }

    @AfterEach
    void close() throws Exception {
        bench.close();
    }

    @Test
    @DisplayName(
            "ERR-6 a plugin that takes part by itself and cannot is left out, the others go on")
    void aPluginThatCannotTakePartIsLeftOut() throws IOException {
        bench.handler("Good", "");
        bench.interceptor("Needy", "needy", true, true);
        bench.pack(
                EventValidatorProvider.class,
                "Broken",
                "public class Broken implements EventValidatorProvider { public String name() {"
                        + " return \"broken\"; } public EventValidator create(PluginConfig config)"
                        + " { throw new IllegalStateException(\"no\"); } }");
        bench.pack(
                EventValidatorProvider.class,
                "Unsure",
                "public class Unsure implements EventValidatorProvider { public String name() {"
                        + " return \"unsure\"; } public boolean automatic() { throw new"
                        + " NoClassDefFoundError(\"acme/Driver\"); } public EventValidator"
                        + " create(PluginConfig config) { return null; } }");
        Files.writeString(bench.directory.resolve("text.jar"), "not a jar");
        BusPlugins plugins = bench.open(bench.request());
        assertThat(plugins.handlers()).hasSize(1);
        assertThat(plugins.problems())
                .containsExactly(
                        "Plugin jar 'text.jar' is left out: it is not a jar, or is damaged.",
                        "Event validator 'broken' of acme.Broken (broken.jar) is left out:"
                                + " java.lang.IllegalStateException: no.",
                        "Event validator 'unsure' of acme.Unsure (unsure.jar) is left out:"
                                + " java.lang.NoClassDefFoundError: acme/Driver.",
                        "Interceptor 'needy' of acme.Needy (needy.jar) is left out. Configuration"
                                + " of interceptor 'needy' has a problem: 'key' is missing.");
    }

    @Test
    void aPluginThatIsAskedForHasToWorkAndTheOthersAreClosed() {
        bench.interceptor("Alpha");
        bench.interceptor("Beta");
        PluginRequest request =
                bench.request().plugin(INTERCEPTORS, "beta", Map.of("key", "throw"));
        assertThatThrownBy(request::open)
                .isInstanceOf(PluginException.class)
                .hasMessage(
                        "Interceptor 'beta' of acme.Beta (beta.jar) cannot be opened:"
                                + " java.lang.IllegalStateException: not today.")
                .hasCauseInstanceOf(IllegalStateException.class);
        assertThat(bench.diary).containsExactly("open alpha", "close alpha");
        PluginRequest typing = bench.request().plugin(INTERCEPTORS, "beta", Map.of("kee", "x"));
        assertThatThrownBy(typing::open)
                .isInstanceOf(ConfigException.class)
                .hasMessage(
                        "Configuration of interceptor 'beta' has a problem: 'kee' is not a known"
                                + " key, did you mean 'key'?");
    }

    @Test
    void everythingThatIsWrongIsSaidAtOnce() {
        PluginRequest request =
                bench.request()
                        .store("nats://localhost", Map.of())
                        .plugin(HandlerProvider.class, "webhok", Map.of())
                        .plugin(MetricsBackendProvider.class, "memory", Map.of("max", "1"));
        Throwable failure = catchThrowable(request::open);
        assertThat(failure)
                .isInstanceOf(PluginException.class)
                .hasMessage(
                        "3 plugins of bus 'shop' cannot be used. Event store 'nats' is part of"
                                + " bus-store-nats, which is not on the class path or in a plugin"
                                + " directory. Add dev.jitney:bus-store-nats. Configuration of"
                                + " metrics 'memory' has a problem: 'max' is not a known key,"
                                + " expected max-series. No handler is named 'webhok'. Did you mean"
                                + " 'webhook'? There is none on the class path and in plugin"
                                + " directories.")
                .hasCauseInstanceOf(PluginException.class);
        assertThat(failure.getSuppressed()).hasSize(2);
    }

    @Test
    void aStoreThatCannotBeOpenedSaysSoItself() {
        PluginRequest wrong = bench.request().store("memory:x", Map.of("max-event", "1"));
        assertThatThrownBy(wrong::open)
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("Configuration of store 'memory' has a problem:");
        PluginRequest nowhere = bench.request().store("nowhere", Map.of());
        assertThatThrownBy(nowhere::open)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("Store location 'nowhere' names no store.");
        bench.pack(
                EventStoreProvider.class,
                "Down",
                "public class Down implements EventStoreProvider { public String name() { return"
                        + " \"down\"; } public EventStore create(PluginConfig c) { throw new"
                        + " StoreUnavailableException(\"down\"); } }");
        PluginRequest down = bench.request().store("down:", Map.of());
        assertThatThrownBy(down::open).isInstanceOf(StoreException.class).hasMessage("down");
    }

    @Test
    @DisplayName("ERR-6 failures are isolated, and what was not said is said at the end")
    void failuresAreIsolated() {
        MetricsBackend broken =
                MetricsBackend.callback(
                        (type, name, tags, value) -> {
                            throw new IllegalStateException("no");
                        });
        BusPlugins plugins =
                bench.open(bench.request().instance(MetricsBackendProvider.class, broken));
        plugins.metrics().counter("c", Map.of()).accept(1);
        plugins.metrics().timer("t", Map.of()).accept(1);
        plugins.close();
        assertThat(bench.log.lines)
                .containsExactly(
                        "The metrics backend has failed in 'counter':"
                                + " java.lang.IllegalStateException: no.",
                        "About the metrics backend: The like has happened once more since the last"
                                + " report.");
    }

    @Test
    void onePluginThatCannotBeClosedKeepsNoOtherOpen() {
        bench.interceptor("Alpha");
        bench.pack(
                InterceptorProvider.class,
                "Stuck",
                "public class Stuck implements InterceptorProvider { public String name() { return"
                        + " \"stuck\"; } public Interceptor create(PluginConfig c) { c.check();"
                        + " return new Interceptor() { public String name() { return \"stuck\"; }"
                        + " public void close() { throw new IllegalStateException(\"stuck\"); } }; }"
                        + " }");
        BusPlugins plugins = bench.request().open();
        assertThatThrownBy(plugins::close)
                .isInstanceOf(PluginException.class)
                .hasMessage(
                        "A plugin could not be closed: java.lang.IllegalStateException: stuck.");
        assertThat(bench.diary).endsWith("close alpha");
    }
}
