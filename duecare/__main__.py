from duecare.cli import main

main()
