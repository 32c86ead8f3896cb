// SPDX-License-Identifier: Apache-2.0
package dev.jitney.logs;

import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.helpers.ThreadLocalMapOfStacks;
import org.slf4j.spi.MDCAdapter;

/** A logging context as Logback has it: of one thread, not handed on to those that it starts. */
final class ThreadContext implements MDCAdapter {

    private final ThreadLocal<Map<String, String>> values = new ThreadLocal<>();
    private final ThreadLocalMapOfStacks stacks = new ThreadLocalMapOfStacks();

    @Override
    public void put(String key, String value) {
        if (values.get() == null) {
            values.set(new HashMap<>());
        }
        values.get().put(key, value);
    }

    @Override
    public String get(String key) {
        Map<String, String> own = values.get();
        return own == null ? null : own.get(key);
    }

    @Override
    public void remove(String key) {
        if (values.get() != null) {
            values.get().remove(key);
        }
    }

    @Override
    public void clear() {
        values.remove();
    }

    @Override
    public Map<String, String> getCopyOfContextMap() {
        Map<String, String> own = values.get();
        return own == null ? null : new HashMap<>(own);
    }

    @Override
    public void setContextMap(Map<String, String> map) {
        values.set(new HashMap<>(map));
    }

    @Override
    public void pushByKey(String key, String value) {
        stacks.pushByKey(key, value);
    }

    @Override
    public String popByKey(String key) {
        return stacks.popByKey(key);
    }

    @Override
    public Deque<String> getCopyOfDequeByKey(String key) {
        return stacks.getCopyOfDequeByKey(key);
    }

    @Override
    public void clearDequeByKey(String key) {
        stacks.clearDequeByKey(key);
    }
}
