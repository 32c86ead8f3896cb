// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.plugin;

import dev.jitney.proof.ContractRunner;
import dev.jitney.spi.EventStoreProvider;
import dev.jitney.spi.HandlerProvider;
import dev.jitney.spi.PluginContext;
import dev.jitney.tck.ServiceFilesContract;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Proves the contract of service files over modules that were made up. */
class ServiceFilesProofTest {

    private static final String CLASSES = "serviceFilesNameClassesThatCanBeMade";
    private static final String NAMES = "pluginsHaveNamesOfTheirOwn";

    @TempDir private static Path scratch;

    /** The contract over a module with a sound store and something else. */
    private static final class Contract extends ServiceFilesContract {

        @TempDir private Path directory;
        private final UnaryOperator<TestJars> more;
        private URLClassLoader loader;

        private Contract(UnaryOperator<TestJars> more) {
            this.more = more;
            this.loader = new URLClassLoader(new URL[0]);
        }

        @BeforeEach
        void makeModule() throws Exception {
            TestJars module = new TestJars(Files.createTempDirectory(scratch, "sources"));
            more.apply(module.provider("acme.Sound", "sound")).unpack(directory);
            loader.close();
            loader = new URLClassLoader(urls(), EventStoreProvider.class.getClassLoader());
        }

        @AfterEach
        void closeLoader() throws Exception {
            loader.close();
        }

        private URL[] urls() throws MalformedURLException {
            return new URL[] {directory.toUri().toURL()};
        }

        @Override
        protected Class<?> anchor() {
            try {
                return Class.forName("acme.Sound", true, loader);
            } catch (ClassNotFoundException e) {
                throw new AssertionError(e);
            }
        }
    }

    private static TestJars handler(TestJars jar, String className, String name) {
        return jar.of(
                HandlerProvider.class,
                className,
                "package acme; import dev.jitney.spi.*; public class %s implements HandlerProvider {"
                                .formatted(className.substring(5))
                        + " static int asked; public String name() { "
                        + name
                        + " } public EventHandler create(PluginConfig c) { return null; } }");
    }

    @TestFactory
    Stream<DynamicTest> aWrongServiceFileIsFound() {
        ContractRunner.Faults<UnaryOperator<TestJars>> all = new ContractRunner.Faults<>();
        all.add("names a class that is abstract", CLASSES, jar -> abstractOne(jar));
        all.add("names a class twice", CLASSES, jar -> jar.service("acme.Sound"));
        all.add(
                "is of another kind",
                CLASSES,
                jar ->
                        jar.entry(
                                "META-INF/services/" + HandlerProvider.class.getName(),
                                "acme.Sound\n"));
        all.add("has an odd name", NAMES, jar -> handler(jar, "acme.A", "return \"My Handler\";"));
        all.add("has a name of Jitney's", NAMES, jar -> handler(jar, "acme.A", "return \"log\";"));
        all.add(
                "changes its name",
                NAMES,
                jar -> handler(jar, "acme.A", "return \"a\" + asked++;"));
        all.add(
                "shares a name",
                NAMES,
                jar -> handler(handler(jar, "acme.A", "return \"a\";"), "acme.B", "return \"a\";"));
        all.add(
                "is named after no kind of plugin",
                NAMES,
                jar ->
                        jar.entry(
                                "META-INF/services/" + PluginContext.class.getName(),
                                "acme.Sound\n"));
        return new ContractRunner(scratch).finds(all, Contract::new);
    }

    private static TestJars abstractOne(TestJars jar) {
        return jar.of(
                HandlerProvider.class,
                "acme.A",
                "package acme; public abstract class A implements dev.jitney.spi.HandlerProvider"
                        + " {}");
    }

    @Test
    void aModuleInOrderPasses() throws Exception {
        ContractRunner runner = new ContractRunner(scratch);
        for (String test : List.of(CLASSES, NAMES)) {
            runner.run(() -> new Contract(jar -> handler(jar, "acme.A", "return \"a\";")), test);
        }
    }
}
