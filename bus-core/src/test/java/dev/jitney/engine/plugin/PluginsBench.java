// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.plugin;

import dev.jitney.spi.EventFormat;
import dev.jitney.spi.EventStoreProvider;
import dev.jitney.spi.HandlerProvider;
import dev.jitney.spi.InterceptorProvider;
import dev.jitney.spi.PayloadCodec;
import dev.jitney.tck.TckContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Packs plugins into jars of a directory and opens them for a bus; plugins write into a diary. */
final class PluginsBench {

    // A system property's object is all that the plugins and the test both see.
    private static final String DIARY = "PluginsBench.diary";

    private static final String HEAD =
            "package acme; import dev.jitney.spi.*; import dev.jitney.event.*; import java.util.*;"
                    + " import java.util.concurrent.*; import java.time.Duration; ";

    private static final String PROVIDER =
            """
            public class %1$s implements %2$s {
                @SuppressWarnings("unchecked") static void note(String line) {
                    ((List<Object>) System.getProperties().get("PluginsBench.diary")).add(line);
                }
                public String name() { return "%4$s"; }
                public boolean automatic() { return %5$s; }
                public %3$s create(PluginConfig config) {
                    String key = %6$s ? config.required("key") : config.string("key", "");
                    config.check();
                    if (key.equals("throw")) throw new IllegalStateException("not today");
                    note("open %4$s" + (key.isEmpty() ? "" : " with " + key));
                    return new %3$s() {
                        public String name() { return "%4$s"; }
                        %7$s
                        public void close() { note("close %4$s"); }
                    };
                }
            }
            """;

    final Path scratch;
    final Path directory;
    final List<String> diary = new ArrayList<>();
    final TckContext context = new TckContext();
    final LogDiary log = new LogDiary();
    private final List<AutoCloseable> open = new ArrayList<>();

    PluginsBench(Path scratch) throws IOException {
        this.scratch = scratch;
        directory = Files.createDirectory(scratch.resolve("plugins"));
        System.getProperties().put(DIARY, diary);
    }

    /** An interceptor that is named after its class, in lower case. */
    void interceptor(String className) {
        interceptor(className, className.toLowerCase(Locale.ROOT), true, false);
    }

    void interceptor(String className, String name, boolean automatic, boolean needsKey) {
        String source =
                PROVIDER.formatted(
                        className,
                        "InterceptorProvider",
                        "Interceptor",
                        name,
                        automatic,
                        needsKey,
                        "");
        pack(InterceptorProvider.class, className, source);
    }

    /** A handler of every topic that is named after its class, with this body. */
    void handler(String className, String body) {
        String methods =
                "public List<TopicPattern> patterns() { return List.of(TopicPattern.ALL); }"
                        + " public void handle(Event event) { "
                        + body
                        + " }";
        String source =
                PROVIDER.formatted(
                        className,
                        "HandlerProvider",
                        "EventHandler",
                        className.toLowerCase(Locale.ROOT),
                        true,
                        false,
                        methods);
        pack(HandlerProvider.class, className, source);
    }

    /** A provider of this source, which may use all of the SPI without imports. */
    void pack(Class<?> kind, String className, String source) {
        new TestJars(scratch)
                .of(kind, "acme." + className, HEAD + source)
                .pack(directory.resolve(className.toLowerCase(Locale.ROOT) + ".jar"));
    }

    PluginRequest request() {
        return request(
                PluginCatalog.of(EventStoreProvider.class.getClassLoader(), List.of(directory)));
    }

    PluginRequest request(PluginCatalog catalog) {
        return new PluginRequest("shop", context.clock(), keep(catalog), this::format, log);
    }

    BusPlugins open(PluginRequest request) {
        return keep(request.open());
    }

    <T extends AutoCloseable> T keep(T one) {
        open.add(one);
        return one;
    }

    private EventFormat format(List<PayloadCodec> codecs) {
        diary.add("format of " + codecs.size());
        return context.eventFormat();
    }

    void close() throws Exception {
        for (int i = open.size() - 1; i >= 0; i--) {
            open.get(i).close();
        }
        System.getProperties().remove(DIARY);
    }
}
