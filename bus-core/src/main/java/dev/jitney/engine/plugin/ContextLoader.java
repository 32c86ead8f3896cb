// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.plugin;

import java.util.function.Supplier;

/** Runs a plugin's code with its class loader as the thread's context class loader. */
final class ContextLoader {

    private ContextLoader() {}

    static <T> T call(Class<?> plugin, Supplier<T> code) {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(plugin.getClassLoader());
        try {
            return code.get();
        } finally {
            thread.setContextClassLoader(before);
        }
    }
}
