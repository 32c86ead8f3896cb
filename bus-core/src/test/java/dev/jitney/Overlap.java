// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts how many handlers are inside at once. */
final class Overlap {

    private final AtomicInteger inside = new AtomicInteger();
    private final AtomicInteger most = new AtomicInteger();

    /** Runs the body of a handler. */
    void within(Body body) throws Exception {
        enter();
        try {
            body.run();
        } finally {
            leave();
        }
    }

    void enter() {
        int now = inside.incrementAndGet();
        most.accumulateAndGet(now, Math::max);
    }

    void leave() {
        inside.decrementAndGet();
    }

    int inside() {
        return inside.get();
    }

    /** Returns the most that were ever inside at once. */
    int most() {
        return most.get();
    }

    /** Returns a meeting that ends only when so many handlers are there at once. */
    static Body meeting(int handlers) {
        CyclicBarrier barrier = new CyclicBarrier(handlers);
        return () -> barrier.await(20, TimeUnit.SECONDS);
    }

    /** What may throw. */
    interface Body {
        void run() throws Exception;
    }
}
