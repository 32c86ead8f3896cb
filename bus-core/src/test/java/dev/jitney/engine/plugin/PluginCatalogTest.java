// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jitney.spi.EventStoreProvider;
import dev.jitney.spi.PluginException;
import dev.jitney.spi.PluginProvider;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PluginCatalogTest {

    private static final Class<EventStoreProvider> STORES = EventStoreProvider.class;

    @TempDir private Path scratch;
    private Path plugins;
    private final List<AutoCloseable> open = new ArrayList<>();

    @BeforeEach
    void makeDirectory() throws IOException {
        plugins = Files.createDirectory(scratch.resolve("plugins"));
    }

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable one : open) {
            one.close();
        }
    }

    @Test
    void findsTheBuiltInPluginsOnTheClassPath() {
        PluginCatalog catalog = catalog();
        assertThat(catalog.provider(STORES, "memory").name()).isEqualTo("memory");
        assertThat(catalog.problems()).isEmpty();
        assertThat(catalog.list())
                .extracting(one -> one.kind() + " " + one.name())
                .containsExactly(
                        "event store memory",
                        "dead-letter sink memory",
                        "alert store memory",
                        "event validator naming",
                        "metrics backend memory",
                        "interceptor auto-error",
                        "interceptor auto-result",
                        "interceptor logging");
    }

    @Test
    void findsPluginsInJarsAndListsThemByNameWithTheirVersion() {
        jar().provider("acme.Two", "two").version("2.1").pack(plugins.resolve("a.jar"));
        jar().provider("acme.One", "one").pack(plugins.resolve("b-1.0.jar"));
        PluginCatalog catalog = catalog(plugins);
        assertThat(catalog.list().subList(1, 3))
                .containsExactly(
                        new PluginInfo("event store", "one", "acme.One", "b-1.0.jar", null),
                        new PluginInfo("event store", "two", "acme.Two", "a.jar", "2.1"));
        assertThat(catalog.providers(STORES))
                .extracting(PluginProvider::name)
                .containsExactly("memory", "one", "two");
        assertThat(catalog.problems()).isEmpty();
    }

    @Test
    void givesEachJarItsOwnClassesAndCatalogsShareNone() {
        jar().provider("acme.Same", "one").pack(plugins.resolve("a.jar"));
        jar().provider("acme.Same", "two").pack(plugins.resolve("b.jar"));
        EventStoreProvider one = catalog(plugins).provider(STORES, "one");
        PluginCatalog again = catalog(plugins);
        assertThat(again.provider(STORES, "two").name()).isEqualTo("two");
        assertThat(again.provider(STORES, "one").getClass()).isNotEqualTo(one.getClass());
    }

    @Test
    void refusesTwoPluginsOfOneNameAndNamesBothClassesAndJars() {
        jar().provider("dev.example.FileStoreProvider", "file")
                .pack(plugins.resolve("bus-store-file-1.2.jar"));
        jar().provider("com.acme.FileStore", "file").pack(plugins.resolve("acme.jar"));
        PluginCatalog catalog = catalog(plugins);
        String message =
                "Two event stores are named 'file': com.acme.FileStore (acme.jar) and"
                        + " dev.example.FileStoreProvider (bus-store-file-1.2.jar). Remove one, or"
                        + " pass an instance to EventBusBuilder.store.";
        for (String name : List.of("file", "memory", "nope")) {
            assertThatThrownBy(() -> catalog.provider(STORES, name))
                    .isInstanceOf(PluginException.class)
                    .hasMessage(message);
        }
        assertThatThrownBy(() -> catalog.providers(STORES)).hasMessage(message);
        assertThat(catalog.problems()).containsExactly(message);
        assertThat(stores(catalog)).as("both are listed").hasSize(3);
    }

    @Test
    void namesWholePathsWhenTheJarsHaveOneNameToo() throws IOException {
        Path other = Files.createDirectory(scratch.resolve("other"));
        Path third = Files.createDirectory(scratch.resolve("third"));
        Path a = jar().provider("acme.Store", "x").pack(plugins.resolve("a.jar")).toRealPath();
        Path b = jar().provider("acme.Store", "x").pack(other.resolve("a.jar")).toRealPath();
        Path c = jar().provider("acme.Store", "x").pack(third.resolve("a.jar")).toRealPath();
        PluginCatalog catalog = catalog(plugins, other, third);
        assertThatThrownBy(() -> catalog.provider(STORES, "x"))
                .hasMessage(
                        "3 event stores are named 'x': acme.Store (%s), acme.Store (%s) and"
                                        .formatted(a, b)
                                + " acme.Store (%s). Remove all but one, or pass an instance to"
                                        .formatted(c)
                                + " EventBusBuilder.store.");
    }

    @Test
    void takesOneJarThatIsReachedTwiceOnce() throws Exception {
        Path jar = jar().provider("acme.Store", "x").pack(plugins.resolve("a.jar"));
        Path links = Files.createDirectory(scratch.resolve("links"));
        Files.createSymbolicLink(links.resolve("link.jar"), jar);
        URL[] urls = {jar.toUri().toURL()};
        URLClassLoader classPath = new URLClassLoader(urls, STORES.getClassLoader());
        open.add(classPath);
        PluginCatalog catalog = PluginCatalog.of(classPath, List.of(plugins, plugins, links));
        open.add(0, catalog);
        assertThat(catalog.provider(STORES, "x").getClass().getClassLoader()).isSameAs(classPath);
        assertThat(catalog.problems()).isEmpty();
        assertThat(stores(catalog)).hasSize(2);
    }

    @Test
    void keepsReservedAndMalformedNamesOut() {
        jar().provider("acme.Log", "log")
                .provider("acme.Memory", "memory")
                .provider("acme.Upper", "My_Store")
                .provider("acme.Good", "good-2")
                .pack(plugins.resolve("a.jar"));
        PluginCatalog catalog = catalog(plugins);
        assertThat(catalog.provider(STORES, "good-2")).isNotNull();
        assertThat(catalog.problems())
                .containsExactly(
                        "Event store 'log' of acme.Log (a.jar) is left out: Jitney itself uses"
                                + " this name.",
                        "Event store 'memory' of acme.Memory (a.jar) is left out: Jitney itself"
                                + " uses this name.",
                        "Event store 'My_Store' of acme.Upper (a.jar) is left out: a name is made"
                                + " of a-z, 0-9 and '-' and begins with a letter.");
    }

    @Test
    void suggestsANearNameAndListsWhatThereIs() {
        assertThatThrownBy(() -> catalog().provider(STORES, "memry"))
                .isInstanceOf(PluginException.class)
                .hasMessage(
                        "No event store is named 'memry'. Did you mean 'memory'? On the class"
                                + " path: memory.");
        assertThatThrownBy(() -> catalog().provider(STORES, "postgers"))
                .hasMessage(
                        "No event store is named 'postgers'. Did you mean 'postgres'? On the class"
                                + " path: memory.");
        jar().provider("acme.One", "one").pack(plugins.resolve("a.jar"));
        assertThatThrownBy(() -> catalog(plugins).provider(STORES, "carrier-pigeon"))
                .hasMessage(
                        "No event store is named 'carrier-pigeon'. On the class path and in plugin"
                                + " directories: memory, one.");
    }

    @Test
    void namesTheArtifactOfAPluginOfOurs() {
        assertThatThrownBy(() -> catalog().provider(STORES, "nats"))
                .hasMessage(
                        "Event store 'nats' is part of bus-store-nats, which is not on the class"
                                + " path. Add dev.jitney:bus-store-nats.");
        assertThatThrownBy(() -> catalog(plugins).provider(STORES, "file"))
                .hasMessage(
                        "Event store 'file' is part of bus-store-file, which is not on the class"
                                + " path or in a plugin directory. Add dev.jitney:bus-store-file.");
    }

    @Test
    void reportsBrokenJarsByNameAndGoesOn() throws IOException {
        Files.createFile(plugins.resolve("1-empty.jar"));
        Files.writeString(plugins.resolve("2-text.jar"), "not a jar");
        jar().entry("readme.txt", "hello").pack(plugins.resolve("3-plain.jar"));
        Files.createDirectory(plugins.resolve("4-directory.jar"));
        byte[] whole = Files.readAllBytes(jar().provider("acme.X", "x").pack(scratch.resolve("x")));
        Files.write(plugins.resolve("5-cut.jar"), java.util.Arrays.copyOf(whole, whole.length / 2));
        Files.createSymbolicLink(plugins.resolve("6-dangling.jar"), scratch.resolve("nowhere"));
        Files.writeString(plugins.resolve("notes.txt"), "no jar and no problem");
        jar().provider("acme.Good", "good").pack(plugins.resolve("9-good.jar"));
        PluginCatalog catalog =
                catalog(plugins, scratch.resolve("gone"), plugins.resolve("notes.txt"));
        assertThat(catalog.provider(STORES, "good")).isNotNull();
        assertThat(catalog.problems())
                .containsExactly(
                        "Plugin jar '1-empty.jar' is left out: it is empty.",
                        "Plugin jar '2-text.jar' is left out: it is not a jar, or is damaged.",
                        "Plugin jar '3-plain.jar' is left out: it offers no plugin (no file"
                                + " META-INF/services/dev.jitney.spi.*).",
                        "Plugin jar '4-directory.jar' is left out: it is not a file that can be"
                                + " read.",
                        "Plugin jar '5-cut.jar' is left out: it is not a jar, or is damaged.",
                        "Plugin jar '6-dangling.jar' is left out: the link leads nowhere.",
                        "Plugin directory '" + scratch.resolve("gone") + "' does not exist.",
                        "Plugin directory '"
                                + plugins.resolve("notes.txt")
                                + "' is not a directory.");
        assertThatThrownBy(() -> catalog.provider(STORES, "file"))
                .hasMessageStartingWith("Event store 'file' is part of bus-store-file")
                .hasMessageContaining("Plugin jar '1-empty.jar' is left out: it is empty.");
    }

    @Test
    void aFolderIsAPluginWithItsLibraries() throws IOException {
        String source =
                """
                package acme;
                import dev.jitney.spi.EventStore;
                import dev.jitney.spi.EventStoreProvider;
                import dev.jitney.spi.PluginConfig;
                public class %s implements EventStoreProvider {
                    public String name() {
                        try {
                            return (String) Class.forName("acme.lib.Tool").getField("NAME").get(null);
                        } catch (ReflectiveOperationException e) {
                            throw new IllegalStateException("no library");
                        }
                    }
                    public EventStore create(PluginConfig config) { return null; }
                }
                """;
        Path folder = Files.createDirectory(plugins.resolve("named"));
        jar().source("acme.One", source.formatted("One"))
                .service("acme.One")
                .pack(folder.resolve("plugin.jar"));
        String tool =
                "package acme.lib; public class Tool { public static String NAME = \"one\"; }";
        jar().source("acme.lib.Tool", tool).pack(folder.resolve("library.jar"));
        jar().source("acme.Two", source.formatted("Two"))
                .service("acme.Two")
                .pack(plugins.resolve("alone.jar"));
        PluginCatalog catalog = catalog(plugins);
        assertThat(catalog.providers(STORES))
                .extracting(PluginProvider::name)
                .containsExactly("memory", "one");
        assertThat(catalog.problems())
                .as("no plugin sees the libraries of another")
                .singleElement()
                .asString()
                .startsWith("Event store of plugin jar 'alone.jar' is left out: ")
                .endsWith("no library.");
    }

    @Test
    void reportsFoldersThatHoldNoPluginOrADamagedJar() throws IOException {
        Files.createDirectory(plugins.resolve(".git"));
        Files.createDirectory(plugins.resolve("1-empty"));
        Path damaged = Files.createDirectory(plugins.resolve("2-damaged"));
        jar().provider("acme.One", "one").pack(damaged.resolve("a.jar"));
        Files.writeString(damaged.resolve("b.jar"), "not a jar");
        assertThat(catalog(plugins).problems())
                .containsExactly(
                        "Plugin folder '1-empty' is left out: no jar in it offers a plugin.",
                        "Plugin folder '2-damaged' is left out: its jar 'b.jar': it is not a jar, or"
                                + " is damaged.");
    }

    @Test
    void reportsEveryBrokenProviderAndLoadsTheRest() {
        String head = "package acme; import dev.jitney.spi.*; ";
        String rest =
                "{ public String name() { return \"x\"; } public EventStore create(PluginConfig c)"
                        + " { return null; } }";
        jar().service("acme.Missing")
                .source("acme.Other", "package acme; public class Other {}")
                .service("acme.Other")
                .source("acme.Hidden", head + "class Hidden implements EventStoreProvider " + rest)
                .service("acme.Hidden")
                .source(
                        "acme.Throws",
                        head
                                + "public class Throws implements EventStoreProvider { public"
                                + " Throws() { throw new IllegalStateException(\"no\"); } "
                                + rest.substring(1))
                .service("acme.Throws")
                .source(
                        "acme.Orphan",
                        head
                                + "public class Orphan extends Parent implements EventStoreProvider"
                                + " "
                                + rest
                                + " class Parent {}")
                .without("acme/Parent.class")
                .service("acme.Orphan")
                .source(
                        "acme.Future",
                        head + "public class Future implements EventStoreProvider " + rest)
                .tooNew("acme/Future.class")
                .service("acme.Future")
                .source(
                        "acme.Mute",
                        head
                                + "public class Mute implements EventStoreProvider { public String"
                                + " name() { throw new IllegalStateException(\"shy\"); } public"
                                + " EventStore create(PluginConfig c) { return null; } }")
                .service("acme.Mute")
                .provider("acme.Good", "good")
                .pack(plugins.resolve("a.jar"));
        jar().service("this is no class name").pack(plugins.resolve("b.jar"));
        PluginCatalog catalog = catalog(plugins);
        assertThat(catalog.provider(STORES, "good")).isNotNull();
        String start = "Event store of plugin jar 'a.jar' is left out: ";
        List<String> problems = catalog.problems();
        assertThat(problems)
                .contains(
                        start + "Provider acme.Missing not found.",
                        start
                                + "Provider acme.Throws could not be instantiated,"
                                + " java.lang.IllegalStateException: no.",
                        start
                                + "Provider acme.Mute could not tell its name,"
                                + " java.lang.IllegalStateException: shy.")
                .anySatisfy(one -> assertThat(one).contains("acme.Other not a subtype"))
                .anySatisfy(one -> assertThat(one).startsWith(start + "acme.Hidden "))
                .anySatisfy(one -> assertThat(one).startsWith(start).contains("acme/Parent"))
                .anySatisfy(one -> assertThat(one).startsWith(start).contains("acme/Future"))
                .anySatisfy(
                        one ->
                                assertThat(one)
                                        .startsWith(
                                                "Event store of plugin jar 'b.jar' is left out: ")
                                        .contains("Illegal"))
                .hasSize(8);
    }

    @Test
    void doesNotHideTheClassPathBehindABrokenServiceFile() throws Exception {
        Path broken = jar().service("no such class").pack(scratch.resolve("broken.jar"));
        Path good = jar().provider("acme.Good", "good").pack(scratch.resolve("good.jar"));
        URL[] urls = {broken.toUri().toURL(), good.toUri().toURL()};
        URLClassLoader classPath = new URLClassLoader(urls, STORES.getClassLoader());
        open.add(classPath);
        PluginCatalog catalog = PluginCatalog.of(classPath, List.of());
        open.add(0, catalog);
        assertThat(catalog.provider(STORES, "good")).isNotNull();
        assertThat(catalog.problems())
                .singleElement()
                .asString()
                .startsWith("Event store on the class path is left out: ")
                .contains("broken.jar");
    }

    @Test
    void refusesWhatIsNoKindOfPlugin() {
        assertThatThrownBy(() -> catalog().providers(PluginProvider.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("dev.jitney.spi.PluginProvider is not a kind of plugin.");
    }

    private static List<PluginInfo> stores(PluginCatalog catalog) {
        return catalog.list().stream().filter(one -> one.kind().equals("event store")).toList();
    }

    private TestJars jar() {
        return new TestJars(scratch);
    }

    private PluginCatalog catalog(Path... directories) {
        PluginCatalog catalog = PluginCatalog.of(STORES.getClassLoader(), List.of(directories));
        open.add(catalog);
        return catalog;
    }
}
