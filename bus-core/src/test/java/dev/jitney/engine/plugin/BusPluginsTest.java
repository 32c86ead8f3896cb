// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jitney.EventBusBuilder;
import dev.jitney.engine.memory.MemoryDeadLetterSink;
import dev.jitney.event.DeadLetter;
import dev.jitney.event.DeadLetter.Reason;
import dev.jitney.event.Event;
import dev.jitney.spi.DeadLetterSink;
import dev.jitney.spi.DeadLetterSinkProvider;
import dev.jitney.spi.EventHandler;
import dev.jitney.spi.EventStoreProvider;
import dev.jitney.spi.EventValidatorProvider;
import dev.jitney.spi.Interceptor;
import dev.jitney.spi.InterceptorProvider;
import dev.jitney.spi.Masker;
import dev.jitney.spi.MaskerProvider;
import dev.jitney.spi.MetricsBackendProvider;
import dev.jitney.spi.PluginException;
import dev.jitney.spi.ValidationException;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which plugins a bus gets, and in which order they are opened and closed. */
class BusPluginsTest {

    private static final Class<InterceptorProvider> INTERCEPTORS = InterceptorProvider.class;

    @TempDir private Path scratch;
    private PluginsBench bench;

    private record Named(String name) implements Interceptor {}

    @BeforeEach
    void prepare() throws IOException {
        bench = new PluginsBench(scratch);
    }

    @AfterEach
    void close() throws Exception {
        bench.close();
    }

    private static List<String> interceptors(BusPlugins plugins) {
        return plugins.interceptors().list().stream().map(Interceptor::name).toList();
    }

    @Test
    void aBusThatAsksForNothingHasNothing() {
        BusPlugins plugins = bench.open(bench.request().discover());
        assertThat(plugins.store()).isNull();
        assertThat(plugins.deadLetterSink()).isNull();
        assertThat(plugins.metrics()).isNull();
        assertThat(plugins.validators().isEmpty()).isTrue();
        assertThat(plugins.interceptors().isEmpty()).isTrue();
        assertThat(plugins.carriers().isEmpty()).isTrue();
        assertThat(plugins.handlers()).isEmpty();
        assertThat(plugins.codecs()).isEmpty();
        assertThat(plugins.context().masker()).isSameAs(Masker.none());
        assertThat(plugins.context().busName()).isEqualTo("shop");
        assertThat(plugins.context().clock().instant()).isEqualTo(bench.context.clock().instant());
        assertThat(plugins.eventFormat()).isSameAs(bench.context.eventFormat());
        assertThat(plugins.problems()).isEmpty();
    }

    @Test
    void builtInPluginsComeByName() {
        PluginRequest request =
                bench.request()
                        .store("memory:tests", Map.of("retain-events", "5"))
                        .plugin(DeadLetterSinkProvider.class, "memory", Map.of("max-letters", "2"))
                        .plugin(MetricsBackendProvider.class, "memory", Map.of())
                        .plugin(
                                EventValidatorProvider.class,
                                "naming",
                                Map.of("domains", "user", "require-source", "true"));
        BusPlugins plugins = bench.open(request);
        assertThat(plugins.store().info().location()).isEqualTo("memory:tests");
        assertThat(plugins.deadLetterSink().bound()).isEqualTo(2);
        plugins.metrics().counter("c", Map.of()).accept(3);
        assertThat(plugins.metrics().samples()).hasSize(1);
        Event event = Event.of("order.placed", 1).withSource("shop");
        assertThatThrownBy(() -> plugins.validators().check(event))
                .isInstanceOf(ValidationException.class)
                .hasMessage(
                        "Event 'order.placed' is refused by 'naming' for 2 problems: domain"
                                + " 'order' is not allowed, use user; the source is missing, give"
                                + " one with withSource.");
    }

    @Test
    @DisplayName("ICP-1 plugins of a directory take part by themselves, and close in reverse order")
    void pluginsOfADirectoryTakePart() {
        bench.interceptor("Beta");
        bench.interceptor("Alpha");
        bench.handler("Hand", "");
        BusPlugins plugins = bench.open(bench.request());
        assertThat(interceptors(plugins)).containsExactly("alpha", "beta");
        assertThat(plugins.handlers()).extracting(EventHandler::name).containsExactly("hand");
        plugins.close();
        plugins.close();
        assertThat(bench.diary)
                .containsExactly(
                        "open alpha",
                        "open beta",
                        "open hand",
                        "close hand",
                        "close beta",
                        "close alpha");
    }

    @Test
    @DisplayName("ICP-1 plugins of the class path take part only where plugins are discovered")
    void pluginsOfTheClassPathTakePartWhereDiscovered() throws Exception {
        bench.interceptor("Alpha");
        URL[] urls = {bench.directory.resolve("alpha.jar").toUri().toURL()};
        URLClassLoader classPath =
                bench.keep(new URLClassLoader(urls, EventStoreProvider.class.getClassLoader()));
        PluginRequest plain = bench.request(PluginCatalog.of(classPath, List.of()));
        assertThat(interceptors(bench.open(plain))).isEmpty();
        Path other = Files.createDirectory(scratch.resolve("other"));
        PluginRequest looking = bench.request(PluginCatalog.of(classPath, List.of(other)));
        assertThat(interceptors(bench.open(looking))).as("though directories are").isEmpty();
        PluginRequest discovering = bench.request(PluginCatalog.of(classPath, List.of()));
        assertThat(interceptors(bench.open(discovering.discover()))).containsExactly("alpha");
    }

    @Test
    void aPluginThatIsNotAutomaticHasToBeAskedFor() {
        bench.interceptor("Shy", "shy", false, false);
        assertThat(interceptors(bench.open(bench.request().discover()))).isEmpty();
        PluginRequest asking = bench.request().plugin(INTERCEPTORS, "shy", Map.of("key", "k"));
        assertThat(interceptors(bench.open(asking))).containsExactly("shy");
        assertThat(bench.diary).contains("open shy with k");
    }

    @Test
    void askingForAPluginConfiguresItAndOpensItOnce() {
        bench.interceptor("Alpha");
        bench.interceptor("Beta");
        PluginRequest request =
                bench.request()
                        .plugin(INTERCEPTORS, "beta", Map.of("key", "old"))
                        .plugin(INTERCEPTORS, "beta", Map.of("key", "new"))
                        .without(INTERCEPTORS, "alpha");
        assertThat(interceptors(bench.open(request))).containsExactly("beta");
        assertThat(bench.diary).containsExactly("open beta with new");
    }

    @Test
    void anInstanceTakesThePlaceOfThePluginsOfItsName() {
        bench.interceptor("One", "same", true, false);
        bench.interceptor("Two", "same", true, false);
        bench.interceptor("Other");
        Named own = new Named("same");
        BusPlugins plugins = bench.open(bench.request().instance(INTERCEPTORS, own));
        assertThat(interceptors(plugins)).containsExactly("other", "same");
        assertThat(plugins.interceptors().list()).contains(own);
        assertThat(bench.diary).containsExactly("open other");
        PluginRequest both =
                bench.request().instance(INTERCEPTORS, own).plugin(INTERCEPTORS, "same", Map.of());
        assertThatThrownBy(both::open)
                .isInstanceOf(PluginException.class)
                .hasMessage(
                        "Interceptor 'same' is given twice, as an instance and by name. Leave one"
                                + " of them out.");
    }

    @Test
    void twoPluginsOfOneNameFailTheStart() {
        bench.interceptor("One", "same", true, false);
        bench.interceptor("Two", "same", true, false);
        String message =
                "Two interceptors are named 'same': acme.One (one.jar) and acme.Two (two.jar)."
                        + " Remove one, or pass an instance to EventBusBuilder.interceptor.";
        assertThatThrownBy(() -> bench.request().open())
                .isInstanceOf(PluginException.class)
                .hasMessage(message);
        PluginRequest asking = bench.request().plugin(INTERCEPTORS, "same", Map.of());
        assertThatThrownBy(asking::open).isInstanceOf(PluginException.class).hasMessage(message);
    }

    @Test
    void instancesAreNotClosedAndTheLastOfASingleKindCounts() {
        List<String> closed = new ArrayList<>();
        Interceptor own =
                new Interceptor() {
                    @Override
                    public String name() {
                        return "own";
                    }

                    @Override
                    public void close() {
                        closed.add("own");
                    }
                };
        MemoryDeadLetterSink sink = new MemoryDeadLetterSink(3);
        PluginRequest request =
                bench.request()
                        .instance(INTERCEPTORS, own)
                        .plugin(DeadLetterSinkProvider.class, "memory", Map.of())
                        .instance(DeadLetterSinkProvider.class, sink);
        BusPlugins plugins = bench.open(request);
        plugins.deadLetterSink()
                .add(DeadLetter.builder(Event.of("a.b", 1), Reason.REJECTED).build());
        plugins.close();
        assertThat(closed).isEmpty();
        assertThat(sink.size()).isEqualTo(1);
    }

    @Test
    void aStoreMayBeAnInstanceOrALocationWhicheverComesLast() {
        BusPlugins first = bench.open(bench.request().store("memory:one", Map.of()));
        PluginRequest instance =
                bench.request()
                        .store("memory:two", Map.of())
                        .instance(EventStoreProvider.class, first.store());
        assertThat(bench.open(instance).store()).isSameAs(first.store());
        PluginRequest location =
                bench.request()
                        .instance(EventStoreProvider.class, first.store())
                        .store("memory:three", Map.of());
        assertThat(bench.open(location).store().info().location()).isEqualTo("memory:three");
    }

    @Test
    void aToolThatWantsTheStoreAloneGetsNothingElse() {
        bench.interceptor("Alpha");
        bench.interceptor("Broken", "broken", true, true);
        PluginRequest request =
                bench.request()
                        .discover()
                        .store("memory:tests", Map.of())
                        .plugin(DeadLetterSinkProvider.class, "memory", Map.of())
                        .plugin(INTERCEPTORS, "absent", Map.of())
                        .storeOnly();
        BusPlugins plugins = bench.open(request);
        assertThat(plugins.store()).isNotNull();
        assertThat(plugins.deadLetterSink()).isNull();
        assertThat(plugins.interceptors().isEmpty()).isTrue();
        assertThat(bench.diary).isEmpty();
    }

    @Test
    void everyKindHasANounAndAnAdviceThatCanBeFollowed() {
        List<String> methods =
                Stream.of(EventBusBuilder.class.getMethods())
                        .map(method -> "EventBusBuilder." + method.getName())
                        .toList();
        for (PluginKind kind : PluginKind.ALL) {
            assertThat(PluginKind.of(kind.provider())).isSameAs(kind);
            if (kind.instance() != null) {
                assertThat(methods).as(kind.noun()).contains(kind.instance());
            }
        }
        assertThat(PluginKind.ALL)
                .extracting(PluginKind::title)
                .containsExactly(
                        "Event store",
                        "Dead-letter sink",
                        "Alert store",
                        "Event validator",
                        "Metrics backend",
                        "Interceptor",
                        "Handler",
                        "Context carrier",
                        "Payload codec",
                        "Masker");
    }

    @Test
    void theAdviceLeavesOutWhatThereIsNot() {
        for (String name : List.of("One", "Two")) {
            bench.pack(
                    MaskerProvider.class,
                    name,
                    "public class "
                            + name
                            + " implements MaskerProvider { public String name() { return"
                            + " \"same\"; } public Masker create(PluginConfig c) { return null; } }");
        }
        PluginRequest request = bench.request().plugin(MaskerProvider.class, "same", Map.of());
        assertThatThrownBy(request::open)
                .isInstanceOf(PluginException.class)
                .hasMessage(
                        "Two maskers are named 'same': acme.One (one.jar) and acme.Two (two.jar)."
                                + " Remove one.");
    }

    @Test
    void aDefaultIsUsedUntilAnotherIsWanted() {
        MemoryDeadLetterSink own = new MemoryDeadLetterSink(1);
        assertThat(sinkOf(bench.request()).bound()).isEqualTo(1_000);
        assertThat(sinkOf(bench.request().instance(DeadLetterSinkProvider.class, own)).bound())
                .isEqualTo(1);
        assertThat(
                        sinkOf(
                                        bench.request()
                                                .plugin(
                                                        DeadLetterSinkProvider.class,
                                                        "memory",
                                                        Map.of("max-letters", "2")))
                                .bound())
                .isEqualTo(2);
        assertThat(sinkOf(bench.request().storeOnly())).isNull();
        PluginRequest unknown =
                byDefault(bench.request()).plugin(DeadLetterSinkProvider.class, "gone", Map.of());
        assertThatThrownBy(unknown::open)
                .isInstanceOf(PluginException.class)
                .hasMessageStartingWith("No dead-letter sink is named 'gone'.");
    }

    @Test
    void aDefaultIsNotLookedForAmongPluginsThatCannotBeToldApart() {
        for (String name : List.of("One", "Two")) {
            bench.pack(
                    DeadLetterSinkProvider.class,
                    name,
                    "public class "
                            + name
                            + " implements DeadLetterSinkProvider { public String name() { return"
                            + " \"same\"; } public DeadLetterSink create(PluginConfig c) { return"
                            + " null; } }");
        }
        assertThat(sinkOf(bench.request()).bound()).isEqualTo(1_000);
    }

    private DeadLetterSink sinkOf(PluginRequest request) {
        return bench.open(byDefault(request)).deadLetterSink();
    }

    private static PluginRequest byDefault(PluginRequest request) {
        return request.byDefault(DeadLetterSinkProvider.class, new MemoryDeadLetterSink(1_000));
    }
}
