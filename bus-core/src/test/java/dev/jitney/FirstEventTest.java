// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * What a new process loads until its first event is handled and the bus is closed: classes that a
 * bus of plain handlers can do without would take a third of that time. Found by asking the class
 * loader of a process of its own.
 */
class FirstEventTest {

    private static final String NEEDED = "dev.jitney.engine.EngineBus";

    /** Those of Kotlin are some ten classes in one each, of up to a megabyte. */
    private static final List<String> NOT_NEEDED =
            List.of(
                    "kotlin.collections.ArraysKt",
                    "kotlin.collections.CollectionsKt",
                    "kotlin.collections.MapsKt",
                    "kotlin.sequences.SequencesKt",
                    "kotlin.ranges.RangesKt",
                    "kotlin.text.StringsKt",
                    "kotlin.LazyKt",
                    "kotlin.jvm.internal.FunctionReference",
                    "kotlinx.coroutines.CoroutineDispatcher",
                    "dev.jitney.engine.plugin.ProviderLoader",
                    "dev.jitney.engine.wire.WireFormat",
                    "kotlinx.serialization.json.Json");

    /** Handles one event and prints which of the classes named are loaded. */
    static final class Program {

        private Program() {}

        public static void main(String[] names) throws Exception {
            Method find = ClassLoader.class.getDeclaredMethod("findLoadedClass", String.class);
            find.setAccessible(true);
            ClassLoader loader = Program.class.getClassLoader();
            EventBus bus = EventBus.builder("first").build();
            bus.subscribe("first.event", (Handler) event -> {});
            Publication first = bus.publishAndJoin("first.event", "payload", Duration.ZERO);
            bus.close();
            StringBuilder loaded = new StringBuilder(first.outcome() + ":");
            for (String name : names) {
                loaded.append(find.invoke(loader, name) == null ? "" : " " + name);
            }
            System.out.println(loaded);
        }
    }

    @Test
    @DisplayName(
            "a first event needs no large class of Kotlin, no coroutine, no plugin, no wire form")
    void loadsLittle() throws Exception {
        assertThat(loaded()).isEqualTo("HANDLED: " + NEEDED);
    }

    private static String loaded() throws Exception {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "--add-opens=java.base/java.lang=ALL-UNNAMED",
                                "-XX:TieredStopAtLevel=1",
                                "-cp",
                                System.getProperty("java.class.path"),
                                Program.class.getName()));
        command.add(NEEDED);
        command.addAll(NOT_NEEDED);
        Process process =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        try {
            byte[] said = process.getInputStream().readAllBytes();
            assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
            String all = new String(said, StandardCharsets.UTF_8).strip();
            // A logger of the tests may have said something before.
            return all.substring(all.lastIndexOf('\n') + 1);
        } finally {
            process.destroyForcibly();
        }
    }
}
