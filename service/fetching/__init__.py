"""Official documents from where they are published into files beside the library, politely and safely."""
