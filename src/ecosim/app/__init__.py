"""The page in the browser on which a run is watched, touched, taken back and saved: ``ecosim app``.

``command`` is what the command line asks; ``server`` hands the page out and keeps a ``session`` for each tab, whose thread
holds a ``show``: the world before its audience. ``messages`` are what a tab may ask. What it gets to see is made by
``picture``, ``panels``, ``controls`` and ``words``; what it keeps, by ``saved``.
"""
