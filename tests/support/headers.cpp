// Nothing but what the precompiled headers of the tests need to belong to.
