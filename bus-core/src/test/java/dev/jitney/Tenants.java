// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import dev.jitney.spi.ContextCarrier;
import org.jspecify.annotations.Nullable;

/** Carries the name of a tenant that a thread works for. */
final class Tenants implements ContextCarrier {

    private final ThreadLocal<String> tenant = new ThreadLocal<>();

    /** Returns the tenant of the calling thread, or null. */
    @Nullable String current() {
        return tenant.get();
    }

    void set(@Nullable String name) {
        if (name == null) {
            tenant.remove();
        } else {
            tenant.set(name);
        }
    }

    @Override
    public String name() {
        return "tenants";
    }

    @Override
    public @Nullable Object capture() {
        return tenant.get();
    }

    @Override
    public AutoCloseable restore(Object captured) {
        String before = tenant.get();
        tenant.set((String) captured);
        return () -> set(before);
    }

    @Override
    public @Nullable String correlationId() {
        return tenant.get() == null ? null : "trace of " + tenant.get();
    }
}
