package io.github.mccache.jcache;

import java.lang.management.ManagementFactory;
import java.lang.reflect.Proxy;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import javax.cache.CacheException;
import javax.management.InstanceAlreadyExistsException;
import javax.management.InstanceNotFoundException;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts a bean on the platform's MBean server, under all of its names, and takes it off again.
 * Thread-safe.
 */
final class JmxRegistration {

  private static final Logger LOG = LoggerFactory.getLogger(JmxRegistration.class);

  private final MBeanServer server = ManagementFactory.getPlatformMBeanServer();
  private final List<ObjectName> names;
  private final Set<ObjectName> registered = new LinkedHashSet<>();
  private boolean closed;

  JmxRegistration(List<ObjectName> names) {
    this.names = names;
  }

  /**
   * Registers a bean; does nothing if it is registered, or if the cache is closed.
   *
   * @throws CacheException if the server refuses
   */
  synchronized void register(Object bean) {
    if (!closed && registered.isEmpty()) {
      Object face = bean;
      for (ObjectName name : names) {
        register(face, name);
        face = anotherFaceOf(bean);
      }
    }
  }

  private void register(Object bean, ObjectName name) {
    try {
      server.registerMBean(bean, name);
      registered.add(name);
    } catch (InstanceAlreadyExistsException e) {
      LOG.warn(
          "{} is taken: another manager with the same URI and another class loader has a cache of"
              + " this name. This cache stays without its bean; give the managers different URIs.",
          name);
    } catch (JMException e) {
      throw new CacheException("cannot register the bean " + name, e);
    }
  }

  /** Returns an object that answers as the bean does: the server takes each under one name only. */
  private static Object anotherFaceOf(Object bean) {
    Class<?>[] interfaces = bean.getClass().getInterfaces();
    return Proxy.newProxyInstance(
        interfaces[0].getClassLoader(),
        interfaces,
        (proxy, method, arguments) -> method.invoke(bean, arguments));
  }

  synchronized void unregister() {
    registered.forEach(this::unregister);
    registered.clear();
  }

  /** Takes the bean off for good: whoever would register it from now on comes too late. */
  synchronized void close() {
    closed = true;
    unregister();
  }

  private void unregister(ObjectName name) {
    try {
      server.unregisterMBean(name);
    } catch (InstanceNotFoundException e) {
      LOG.debug("{} was taken off the server by somebody else", name);
    } catch (JMException e) {
      LOG.warn("cannot take the bean {} off the server", name, e);
    }
  }
}
