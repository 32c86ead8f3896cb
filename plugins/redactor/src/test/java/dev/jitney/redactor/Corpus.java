// SPDX-License-Identifier: Apache-2.0
package dev.jitney.redactor;

import dev.jitney.spi.EventFormat;
import dev.jitney.spi.Masker;
import dev.jitney.spi.PluginConfig;
import dev.jitney.spi.PluginContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;

/**
 * The rows of {@code leaks.txt} and {@code clean.txt}. In a row ␤ stands for a line break; what is
 * secret stands between « and », and ¦ in it for nothing: without it, a scanner of repositories
 * would take these values for real ones.
 */
final class Corpus {

    private Corpus() {}

    static List<String> leaks() {
        return rows("leaks.txt");
    }

    static List<String> clean() {
        return rows("clean.txt");
    }

    private static List<String> rows(String name) {
        try (InputStream in = Corpus.class.getResourceAsStream("/" + name)) {
            String all = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return all.lines()
                    .map(line -> line.replace('␤', '\n').replace("¦", ""))
                    .filter(line -> !line.isEmpty())
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Masker redactor(Map<String, String> config) {
        return new RedactorProvider().create(PluginConfig.of("masker 'redactor'", config, CONTEXT));
    }

    /** Masks a row as what it is: JSON, where it begins like it, or text. */
    static String mask(Masker masker, String row) {
        return row.startsWith("{") || row.startsWith("[\"")
                ? masker.maskJson(row)
                : masker.mask(row);
    }

    private static final PluginContext CONTEXT =
            new PluginContext() {
                @Override
                public EventFormat eventFormat() {
                    throw new UnsupportedOperationException("not needed by the redactor");
                }

                @Override
                public InstantSource clock() {
                    return InstantSource.system();
                }
            };
}
