// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Holds a handler up until the test lets it go. */
public final class Gate {

    private final CountDownLatch reached = new CountDownLatch(1);
    private final CountDownLatch open = new CountDownLatch(1);

    /** Called by the handler: says that it is here and waits. */
    public void pass() throws InterruptedException {
        reached.countDown();
        if (!open.await(20, TimeUnit.SECONDS)) {
            throw new AssertionError("The gate was never opened");
        }
    }

    /** Waits until a handler has come to the gate. */
    public void awaitReached() throws InterruptedException {
        if (!reached.await(20, TimeUnit.SECONDS)) {
            throw new AssertionError("No handler has come to the gate");
        }
    }

    /** Lets everyone pass from now on. */
    public void open() {
        open.countDown();
    }
}
