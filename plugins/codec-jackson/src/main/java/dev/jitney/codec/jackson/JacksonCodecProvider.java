// SPDX-License-Identifier: Apache-2.0
package dev.jitney.codec.jackson;

import dev.jitney.spi.PayloadCodec;
import dev.jitney.spi.PayloadCodecProvider;
import dev.jitney.spi.PluginConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Makes codecs of the name {@code jackson}. The options are listed in the README of this module.
 *
 * <p>It takes part in every bus that discovers plugins, for all classes that are neither the JDK's
 * nor Kotlin's {@code @Serializable} ones.
 */
public final class JacksonCodecProvider implements PayloadCodecProvider {

    private static final Pattern PACKAGE =
            Pattern.compile("[A-Za-z_][A-Za-z0-9_]*(\\.[A-Za-z_][A-Za-z0-9_]*)*");

    /** What a key leads to for which a class has no place. */
    enum UnknownKeys {
        IGNORE,
        REFUSE
    }

    /** Whether fields that are null are written. */
    enum Nulls {
        WRITE,
        OMIT
    }

    /** Called by the service loader. */
    public JacksonCodecProvider() {}

    @Override
    public String name() {
        return "jackson";
    }

    @Override
    public PayloadCodec create(PluginConfig config) {
        List<String> packages = packages(config);
        UnknownKeys unknownKeys = config.choice("unknown-keys", UnknownKeys.IGNORE);
        Nulls nulls = config.choice("nulls", Nulls.WRITE);
        boolean modules = config.bool("modules", false);
        config.check();
        return new JacksonCodec(JacksonMapper.create(unknownKeys, nulls, modules), packages);
    }

    private static List<String> packages(PluginConfig config) {
        String given = config.string("packages");
        List<String> packages = new ArrayList<>();
        if (given != null) {
            for (String part : given.split(",", -1)) {
                if (PACKAGE.matcher(part.strip()).matches()) {
                    packages.add(part.strip());
                } else {
                    config.problem(
                            "'packages' holds '%s', expected packages of Java, such as com.acme.order"
                                    .formatted(part.strip()));
                }
            }
        }
        return packages;
    }
}
