// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.jitney.spi.ConfigException;
import dev.jitney.spi.EventFormat;
import dev.jitney.spi.EventStore;
import dev.jitney.spi.EventStoreProvider;
import dev.jitney.spi.PluginContext;
import dev.jitney.spi.PluginException;
import dev.jitney.spi.StoreUnavailableException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PluginSetTest {

    private static final Class<EventStoreProvider> STORES = EventStoreProvider.class;

    /** Takes down what the plugins do, so that the order over several jars can be asserted. */
    private static final class Diary implements PluginContext, Consumer<String> {

        private final List<String> lines = new ArrayList<>();

        @Override
        public void accept(String line) {
            lines.add(line);
        }

        @Override
        public EventFormat eventFormat() {
            throw new AssertionError("not needed here");
        }

        @Override
        public InstantSource clock() {
            return InstantSource.system();
        }
    }

    /** A store that writes its location, and on closing its name and whether its loader is set. */
    private static final String CREATE =
            """
            var diary = (java.util.function.Consumer<Object>) config.context();
            String place = config.string("location", "");
            config.check();
            var own = getClass().getClassLoader();
            diary.accept("open " + name() + " at " + place
                + (Thread.currentThread().getContextClassLoader() == own ? "" : " elsewhere"));
            return (EventStore) java.lang.reflect.Proxy.newProxyInstance(
                own, new Class<?>[] {EventStore.class}, (proxy, method, arguments) -> {
                    boolean set = Thread.currentThread().getContextClassLoader() == own;
                    diary.accept(method.getName() + " " + name() + (set ? "" : " elsewhere"));
                    if (place.equals("stuck")) throw new IllegalStateException(name() + " is stuck");
                    return null;
                });
            """;

    @TempDir private static Path scratch;
    @TempDir private static Path plugins;
    private final Diary diary = new Diary();
    private PluginCatalog catalog;

    @BeforeAll
    static void makeJars() {
        for (String name : List.of("a", "b", "c")) {
            jar().provider("acme.Store" + name, name, CREATE).pack(plugins.resolve(name + ".jar"));
        }
        jar().provider(
                        "acme.Down",
                        "down",
                        "throw new dev.jitney.spi.StoreUnavailableException(\"down\");")
                .provider("acme.Null", "nothing", "return null;")
                .provider(
                        "acme.Lacking",
                        "lacking",
                        "Driver.load(); return null; } static class Driver { static void load() {}")
                .without("acme/Lacking$Driver.class")
                .pack(plugins.resolve("faults.jar"));
    }

    @BeforeEach
    void openCatalog() {
        catalog = PluginCatalog.of(STORES.getClassLoader(), List.of(plugins));
    }

    @AfterEach
    void closeCatalog() {
        catalog.close();
    }

    @Test
    void closesInReverseOrderUnderThePluginsOwnLoader() {
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        try (PluginSet plugins = new PluginSet(catalog, diary)) {
            plugins.create(STORES, "a", Map.of("location", "x"));
            StoreLocations.open(plugins, "b:y/z:1", Map.of());
            StoreLocations.open(plugins, "c:", Map.of());
            assertThat(Thread.currentThread().getContextClassLoader()).isSameAs(before);
        }
        assertThat(diary.lines)
                .containsExactly(
                        "open a at x",
                        "open b at y/z:1",
                        "open c at ",
                        "close c",
                        "close b",
                        "close a");
    }

    @Test
    void closesWhatWasBuiltWhenALaterOneFails() {
        PluginSet plugins = new PluginSet(catalog, diary);
        plugins.create(STORES, "a", Map.of());
        plugins.create(STORES, "b", Map.of("location", "stuck"));
        Throwable failure = catchThrowable(() -> plugins.create(STORES, "down", Map.of()));
        assertThat(failure).isInstanceOf(StoreUnavailableException.class).hasMessage("down");
        assertThat(failure.getSuppressed()).singleElement().asString().contains("b is stuck");
        assertThat(diary.lines).endsWith("close b", "close a");
        plugins.close();
        assertThat(diary.lines).as("nothing is closed twice").hasSize(4);
    }

    @Test
    void closesTheRestWhenOneCannotBeClosed() {
        PluginSet plugins = new PluginSet(catalog, diary);
        plugins.create(STORES, "a", Map.of("location", "stuck"));
        plugins.create(STORES, "b", Map.of());
        plugins.create(STORES, "c", Map.of("location", "stuck"));
        Throwable failure = catchThrowable(plugins::close);
        assertThat(failure)
                .isInstanceOf(PluginException.class)
                .hasMessage(
                        "A plugin could not be closed: java.lang.IllegalStateException: c is"
                                + " stuck.");
        assertThat(failure.getCause().getSuppressed())
                .singleElement()
                .asString()
                .contains("a is stuck");
        assertThat(diary.lines).endsWith("close c", "close b", "close a");
    }

    @Test
    void saysWhichLibraryIsMissing() {
        assertThatThrownBy(() -> StoreLocations.open(catalog, "lacking:", Map.of(), diary))
                .isInstanceOf(PluginException.class)
                .hasCauseInstanceOf(NoClassDefFoundError.class)
                .hasMessage(
                        "Event store 'lacking' of acme.Lacking (faults.jar) cannot be loaded:"
                                + " java.lang.NoClassDefFoundError: acme/Lacking$Driver. A library that"
                                + " it needs is missing, or has another version.");
    }

    @Test
    void refusesAProviderThatGivesNothing() {
        assertThatThrownBy(() -> StoreLocations.open(catalog, "nothing:", Map.of(), diary))
                .isInstanceOf(PluginException.class)
                .hasMessage(
                        "Event store 'nothing' of acme.Null (faults.jar) cannot be used: its"
                                + " create returned null.");
    }

    @Test
    void handsTheConfigurationOverWithTheLocation() {
        StoreLocations.open(catalog, "a:./events", Map.of(), diary);
        assertThat(diary.lines).containsExactly("open a at ./events");
        assertThatThrownBy(
                        () -> StoreLocations.open(catalog, "a:x", Map.of("locatoin", "y"), diary))
                .isInstanceOf(ConfigException.class)
                .hasMessage(
                        "Configuration of store 'a' has a problem: 'locatoin' is not a known key,"
                                + " did you mean 'location'?");
        assertThatThrownBy(
                        () -> StoreLocations.open(catalog, "a:x", Map.of("location", "y"), diary))
                .isInstanceOf(ConfigException.class)
                .hasMessage(
                        "Configuration of store 'a' has a problem: 'location' is given twice, in"
                                + " the configuration and in front of it.");
    }

    @Test
    void opensTheMemoryStoreAtItsLocation() {
        try (EventStore store =
                StoreLocations.open(catalog, "memory:tests", Map.of("retain-events", "5"), diary)) {
            assertThat(store.info().location()).isEqualTo("memory:tests");
            assertThat(store.info().details()).containsEntry("retain-events", "5");
        }
    }

    @Test
    void refusesALocationThatNamesNoStore() {
        for (String location : List.of("./events", "", "C:\\events", ":x", "2x:y")) {
            assertThatThrownBy(() -> StoreLocations.open(catalog, location, Map.of(), diary))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(
                            "Store location '"
                                    + location
                                    + "' names no store. Begin with the store's name and a colon,"
                                    + " for example file:./events.");
        }
        assertThatThrownBy(
                        () ->
                                StoreLocations.open(
                                        catalog, "redis//me:hunter2@host", Map.of(), diary))
                .hasMessageStartingWith("Store location 'redis//***@host' names no store.");
        assertThatThrownBy(() -> StoreLocations.open(catalog, "memry:", Map.of(), diary))
                .isInstanceOf(PluginException.class)
                .hasMessageStartingWith("No event store is named 'memry'. Did you mean 'memory'?");
    }

    private static TestJars jar() {
        return new TestJars(scratch);
    }
}
