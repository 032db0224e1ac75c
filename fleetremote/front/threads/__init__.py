"""Django behind the event loop, in threads that wait for nobody outside."""
